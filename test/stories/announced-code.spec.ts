import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { openGame, readAll, say, typesOf } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { type RunningServer, startServer } from '../support/server.js';
import { secretOf, storedChannel } from '../support/stored-log.js';

const SHIPPED = resolve('bot-presets');

let presets: string;
let botFile: string;
let server: RunningServer;
beforeAll(async () => {
  presets = mkdtempSync(join(tmpdir(), 'parley-presets-'));
  botFile = join(presets, 'guess', 'bot.js');
  cpSync(SHIPPED, presets, { recursive: true });
  server = await startServer({ PRESETS_DIR: presets });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(presets, { recursive: true });
});
beforeEach(() => cpSync(SHIPPED, presets, { recursive: true, force: true }));

/** A referee that would let everyone win. */
const rig = () => {
  const source = readFileSync(botFile, 'utf8');
  const rigged = source.replace('guess === target', 'true');
  if (rigged === source) throw new Error('the preset has no such line any more');
  writeFileSync(botFile, rigged);
};

const release = (version: string) => {
  const file = join(presets, 'guess', 'manifest.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), version }));
};

describe.each(DOORS)('The code of a bot, over %s', (_, door) => {
  test('does not run if it differs from what was announced, and the game stays as it was', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId, botId } = game;
    const before = storedChannel(server.dataDir, channelId).attachment.state;

    rig();
    const replies = await say(alice, channelId, 'guess 50');

    expect(replies).toMatchObject([{ sender: 'system', kind: 'system', body: { type: 'bot:error', bot_id: botId } }]);
    expect(replies[0]?.body).toMatchObject({ code: 'CODE_CHANGED', hook: 'on_message' });
    expect(storedChannel(server.dataDir, channelId).attachment.state).toBe(before);
    const types = typesOf(await readAll(bob, channelId));
    expect(types.slice(-3)).toEqual(['bot:turn', undefined, 'bot:error']);

    cpSync(SHIPPED, presets, { recursive: true, force: true });
    const judged = await say(alice, channelId, 'guess 50');
    expect(judged[0]).toMatchObject({ body: { type: 'judge', player: 's1', guess_count: 1 } });
  });

  test('does not run after a restart either if it differs', async () => {
    await using game = await openGame(server, door);
    const { alice, channelId, botId } = game;

    rig();
    await server.crashAndRestart();
    const replies = await say(alice, channelId, `guess ${wrongFor(server, channelId)}`);

    expect(replies.map(({ body }) => body.code)).toEqual(['CODE_CHANGED']);
    const { inline_code, code_hash } = await alice.call('get_bot_code', { channel_id: channelId, bot_id: botId });
    expect(code_hash).toBe(`sha256:${sha256(inline_code)}`);
    expect(inline_code).toBe(readFileSync(join(SHIPPED, 'guess', 'bot.js'), 'utf8'));

    cpSync(SHIPPED, presets, { recursive: true, force: true });
    await server.crashAndRestart();
  });

  test('stays the same in a channel when a new version of the preset is installed', async () => {
    await using game = await openGame(server, door);
    const { alice, channelId, botId } = game;

    rig();
    release('2.0.0');
    await server.crashAndRestart();
    const replies = await say(alice, channelId, `guess ${wrongFor(server, channelId)}`);

    expect(replies[0]).toMatchObject({ body: { type: 'judge', result: expect.stringMatching(/^(high|low)$/) } });
    const old = await alice.call('get_bot_code', { channel_id: channelId, bot_id: botId });
    const { version, code_hash } = await alice.call('get_preset', { name: 'GuessBot' });
    expect([old.version, version]).toEqual(['1.3.0', '2.0.0']);
    expect(old.code_hash).not.toBe(code_hash);

    cpSync(SHIPPED, presets, { recursive: true, force: true });
    await server.crashAndRestart();
  });
});

function wrongFor({ dataDir }: RunningServer, channelId: string): number {
  const { target } = secretOf(dataDir, channelId);
  return target === 1 ? 2 : target - 1;
}
