import { describe, expect, test } from '@jest/globals';
import type { Report } from '../../verifier/report/report.js';
import { verify } from '../../verifier/verify.js';
import { DOORS } from '../support/doors.js';
import { openGame, readUntil, say } from '../support/game.js';
import { completed, fileOf, type MadeBundle } from '../support/made-bundle.js';
import { secretOf } from '../support/stored-log.js';
import { exported } from '../support/transcripts.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const verified = (bundle: MadeBundle) => {
  const whole = completed(bundle);
  return verify(fileOf(whole), { keys: [whole.keys.at(-1)] });
};
const failures = ({ claims }: Report) =>
  claims.flatMap(({ id, findings }) =>
    findings.map(({ gravity, text, entry }) => `${id} ${gravity} ${entry}: ${text}`),
  );

describe.each(DOORS)('A game that was played over %s', (_, door) => {
  test('is VERIFIED from the exported file alone, with every run repeated', async () => {
    const params = { range: [1, 1_000_000], timeout_s: 600, turn_order: 'random' };
    await using game = await openGame(server, door, params, ['a coin', 'a die', 'a card']);
    const { alice, bob, channelId } = game;
    for (const person of [alice, bob]) await say(person, channelId, 'guess nothing');
    const { target } = secretOf(server.dataDir, channelId);
    for (const person of [alice, bob]) await say(person, channelId, `guess ${target}`);
    await readUntil(alice, channelId, 'round:reveal');
    await alice.call('update_channel', { channel_id: channelId, ops: [{ type: 'close' }] });

    const report = await verified((await exported(alice, channelId)).bundle);

    expect(failures(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'VERIFIED' });
    expect(report.facts.bots?.[0]?.replayed).toBeGreaterThan(5);
  });
});
