import type { Model } from '../bundle/model.js';
import { sha256, toHex } from '../encoding/hashes.js';
import type { JsonObject } from '../encoding/json.js';
import type { ClaimDraft } from '../report/claim.js';

/**
 * Where the server says that a reveal is verified, the bot has committed to it in an earlier run: `commit` is the SHA-256
 * of `<value>|<nonce>` in hex. The server refuses some reveals that match (bot-sdk/README.md); those are named.
 */
export function checkRevealVerdicts(claim: ClaimDraft, { log }: Model) {
  const commits = new Map<string, number>();
  for (const { seq, opening } of log.entries) {
    if (!opening?.from.startsWith('bot:') || opening.run === undefined) continue;
    const { from, run, body, kind } = opening;
    if (body.type === 'bot:commit' && kind !== 'private' && kind !== 'sealed') {
      for (const hash of hashesIn(body)) if (!commits.has(`${from} ${hash}`)) commits.set(`${from} ${hash}`, run);
    }
    if (body.type !== 'bot:reveal') continue;
    claim.count();
    const committed = commits.get(`${from} ${openedBy(body)}`);
    const matches = committed !== undefined && committed < run;
    if (body.verified === true && !matches)
      claim.diverged('the reveal is marked as verified, and no commitment matches', seq);
    if (body.verified !== true && matches) {
      claim.unchecked(
        'reveal-verdict',
        'the reveal matches a commitment, and the server does not mark it as verified',
        seq,
      );
    }
  }
}

function openedBy({ value, target, nonce }: JsonObject): string | undefined {
  const opened = value ?? target;
  if (typeof opened !== 'string' && typeof opened !== 'number') return undefined;
  return typeof nonce === 'string' ? toHex(sha256(`${opened}|${nonce}`)) : undefined;
}

/** Every text in the body that can be such a hash, at any depth. */
function hashesIn(value: unknown): string[] {
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(hashesIn) : [];
}
