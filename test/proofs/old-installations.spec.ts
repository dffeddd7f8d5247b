import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { INSTALLATIONS, installation } from '../support/installation.js';
import { startServer } from '../support/server.js';
import { type Bundle, bodiesOf, closedIn, exported, openOf, verdictOf, verified } from '../support/transcripts.js';

const [[, rest]] = DOORS as [(typeof DOORS)[number]];

describe.each(INSTALLATIONS)('An installation of version %s', (name) => {
  test('exports its channels with everything that it has kept, and what cannot be repeated is named', async () => {
    using old = installation(name);
    await using server = await startServer({ DATA_DIR: old.dataDir });
    await using bob = await rest(server, 'bob', old.facts.people.bob.access_token);

    for (const [what, id] of Object.entries(old.facts.channels)) {
      const { file, bundle } = await exported(bob, id);

      closedIn(bundle);
      expect([what, ...missingIn(bundle)]).toEqual([what]);
      const [verdict, ...findings] = verdictOf(await verified(server, file)) as [string, ...[string, string][]];
      const reasons = [...new Set(findings.map(([, reason]) => reason))].sort();
      // Rounds that are open, and a kit that this version cannot host.
      expect([what, verdict]).toEqual([what, 'PARTIAL']);
      expect(reasons).toEqual(reasons.filter((reason) => ['withheld', 'unknown-kit'].includes(reason)));
      if (what === 'finished') expect(reasons).toEqual(['unknown-kit']);
    }
  });
});

/** What a receipt or an announcement names and the file does not have. */
function missingIn({ sources, texts, states, ...bundle }: Bundle): unknown[] {
  const receipts = openOf({ sources, texts, states, ...bundle }, 'receipt').map(({ opening }) => opening.body);
  const attached = bodiesOf({ sources, texts, states, ...bundle }, 'bot:attach');
  const kits = attached.flatMap(({ bundle_hash }) => JSON.parse(texts[bundle_hash]?.text ?? '{}').kit ?? []);
  const named = { ...sources, ...texts, ...states };
  const hashes = receipts.flatMap(({ code_hash, bundle_hash, state_before }) => [code_hash, bundle_hash, state_before]);
  const announced = attached.flatMap(({ code_hash, bundle_hash }) => [code_hash, bundle_hash]);
  return [...hashes, ...announced, ...kits].filter((hash) => !(hash in named));
}
