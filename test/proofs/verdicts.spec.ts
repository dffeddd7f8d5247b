import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { openGame, say } from '../support/game.js';
import { secretOf } from '../support/stored-log.js';
import { exported, verdictOf, verified } from '../support/transcripts.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

describe.each(DOORS)('The verifier, over %s', (_, door) => {
  test('verifies a game that is over', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] }, ['a', 'b', 'c']);
    const { alice, bob, channelId } = game;
    await say(alice, channelId, 'guess 7');
    await say(bob, channelId, `guess ${secretOf(server.dataDir, channelId).target}`);

    const { file } = await exported(alice, channelId);

    expect(verdictOf(await verified(server, file))).toEqual(['VERIFIED']);
  });
});
