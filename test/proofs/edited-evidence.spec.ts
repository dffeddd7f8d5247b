import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { type Game, openGame, say } from '../support/game.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';
import { secretOf } from '../support/stored-log.js';
import { exported, verified } from '../support/transcripts.js';

const [[, door]] = DOORS as [(typeof DOORS)[number]];
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

/** Runs statements in the database of the running server, as its operator can. */
const edit = (sql: string) => stored(server.dataDir, (database) => database.exec(sql), false);

async function beginGame(): Promise<Game> {
  return openGame(server, door, { range: [1, 1_000_000_000], timeout_s: 600 }, ['a', 'b', 'c']);
}

async function endGame({ alice, bob, channelId }: Game) {
  const { target } = secretOf(server.dataDir, channelId);
  await say(alice, channelId, 'guess 1');
  await say(bob, channelId, `guess ${target}`);
}

const reportOn = async ({ bob, channelId }: Game) => verified(server, (await exported(bob, channelId)).file);

describe('An operator who edits the database of a running server', () => {
  test('leaves a file that is VERIFIED only if nothing was edited', async () => {
    await using game = await beginGame();
    await endGame(game);

    expect(await reportOn(game)).toMatchObject({ verdict: 'VERIFIED' });
  });

  test.each<[string, string, RegExp]>([
    ['a message', `UPDATE entry SET opening = REPLACE(opening, 'guess 1', 'guess 2') WHERE kind = 'user'`, /opening/],
    [
      'a judgement of the bot',
      `UPDATE entry SET opening = REPLACE(opening, '"result":"low"', '"result":"high"') WHERE kind = 'bot'`,
      /opening/,
    ],
    [
      'a receipt',
      `UPDATE entry SET opening = REPLACE(opening, '"outcome":"ok"', '"outcome":"threw"') WHERE run = 3 AND kind = 'receipt'`,
      /opening/,
    ],
    ['the time of an entry', `UPDATE entry SET header = REPLACE(header, '"ts":"2', '"ts":"1') WHERE seq = 9`, /header/],
    [
      'the state before a run',
      `UPDATE bot_state SET json = REPLACE(json, '"target":', '"target":1') WHERE 1 = 1`,
      /state|needs is missing|names/,
    ],
  ])('is caught by the verifier: %s', async (_, sql, words) => {
    await using game = await beginGame();
    await endGame(game);
    edit(`${sql} AND channel_id = '${game.channelId}'`);

    const { exitCode, first, claims } = await reportOn(game);

    expect([30, 40]).toContain(exitCode);
    expect(first?.text ?? JSON.stringify(claims)).toMatch(words);
  });

  test('is caught by the verifier: the seed of a round in play', async () => {
    await using game = await beginGame();
    edit(`UPDATE round SET seed = '${'ab'.repeat(32)}' WHERE channel_id = '${game.channelId}'`);
    await endGame(game);

    const { exitCode, first } = await reportOn(game);

    expect([30, 40]).toContain(exitCode);
    expect(first?.text).toMatch(/seed/);
  });

  test.each<[string, (sql: string) => string]>([
    ['source', (like) => `UPDATE bot_code SET source = source || ' ' WHERE source LIKE '${like}'`],
    ['module', (like) => `UPDATE executed_text SET text = text || ' ' WHERE kind = 'module' AND text LIKE '${like}'`],
  ])('is caught by the verifier: the %s of a bot', async (_, sqlFor) => {
    const mark = `mark_${Math.random().toString(36).slice(2)}`;
    const bot_code = `// ${mark}\nclass Bot { constructor(ctx) { this.ctx = ctx; } onMessage() { this.ctx.finish({}); } }`;
    const [alice] = [await door(server, 'alice')];
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Own',
      slots: ['bot:b', 'invite:a'],
      bot_code,
    });
    await alice.call('join_channel', { invite_code: invites[0], entropy: 'a coin' });
    await say(alice, channel_id, 'hello');
    edit(sqlFor(`%${mark}%`));

    const { file } = await exported(alice, channel_id);
    const { exitCode, first } = await verified(server, file);

    expect([30, 40]).toContain(exitCode);
    expect(first?.text).toMatch(/source|executed|hash|text/);
  });

  test('gets no file for a log whose end was removed', async () => {
    await using game = await beginGame();
    const { alice, channelId } = game;
    await exported(alice, channelId);
    await server.stop();
    edit(
      `DELETE FROM entry WHERE channel_id = '${channelId}' AND seq > 10; UPDATE channel SET last_seq = 10 WHERE id = '${channelId}'`,
    );
    await server.start();
    const again = await door(server, 'alice', alice.token);

    const outcome = await again.call('export_transcript', { channel_id: channelId }).catch((error) => error);

    expect(outcome).toMatchObject({ code: 'LOG_CHANGED' });
  });
});
