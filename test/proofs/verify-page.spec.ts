import { existsSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { DOORS, type Door } from '../support/doors.js';
import { openGame, readUntil, say } from '../support/game.js';
import { openRoom } from '../support/rooms.js';
import { secretOf } from '../support/stored-log.js';
import { exported } from '../support/transcripts.js';
import { useServer } from '../support/use-server.js';

const CHROMIUM = '/usr/bin/chromium';
const isHere = existsSync(CHROMIUM) || Boolean(process.env.CI);
const [[, door]] = DOORS as [[string, Door]];
const server = useServer();

/** The file of a game of GuessBot that was played to its end. */
async function playedGame(): Promise<Buffer> {
  await using game = await openGame(server, door, { range: [1, 1_000_000] }, ['a coin', 'a die', 'a card']);
  const { alice, bob, channelId } = game;
  const { target } = secretOf(server.dataDir, channelId);
  for (const person of [alice, bob]) await say(person, channelId, `guess ${target}`);
  await readUntil(alice, channelId, 'round:reveal');
  await alice.call('update_channel', { channel_id: channelId, ops: [{ type: 'close' }] });
  return (await exported(alice, channelId)).file;
}

/** The file of a channel whose bot is written in TypeScript. */
async function typedBot(): Promise<Buffer> {
  const bot_code = `export default class Counter {
    private n: number = 0;
    ctx: any;
    constructor(ctx: any) { this.ctx = ctx; }
    onMessage(msg: { body: { text: string } }): void { this.ctx.post('bot', { heard: msg.body.text }); this.ctx.finish({ n: this.n }); }
  }`;
  await using room = await openRoom(server, door, { bot_code });
  await room.bob.call('post_message', { channel_id: room.id, body: 'hello' });
  await readUntil(room.alice, room.id, 'round:reveal');
  return (await exported(room.alice, room.id)).file;
}

(isHere ? describe : describe.skip)('The page /verify in Chromium, without a network once it is loaded', () => {
  let chrome: Browser;
  let context: BrowserContext;
  let page: Page;
  let game: Buffer;
  const complaints: string[] = [];
  beforeAll(async () => {
    game = await playedGame();
    chrome = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--no-first-run'] });
    context = await chrome.newContext({ viewport: { width: 390, height: 844 } });
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${server.url}/verify`, { waitUntil: 'networkidle' });
    await context.setOffline(true);
  });
  afterAll(() => chrome.close());

  const choose = async (buffer: Buffer, name = 'channel.parley.json.gz') => {
    await page.setInputFiles('#file', []);
    await page.setInputFiles('#file', { name, mimeType: 'application/gzip', buffer });
    await page.waitForSelector('.verdict');
    return page.textContent('#result');
  };

  test('says what is wrong with a file that is none', async () => {
    expect(await choose(Buffer.from('nothing'), 'nothing.gz')).toMatch(/^INVALID: /);
  });

  test('runs the bot of a game again, and says that nobody vouches for the key', async () => {
    const result = await choose(game);

    expect(result).toMatch(/^UNANCHORED: /);
    expect(result).toMatch(/PASS Every run, repeated, gives what is recorded \([1-9]/);
    expect(result).not.toMatch(/FAIL/);
  });

  test('verifies the game with the key of the server', async () => {
    const { keys } = (await (await fetch(`${server.url}/.well-known/parley-log`)).json()) as { keys: string[] };
    await page.click('summary');
    await page.fill('#key', keys.at(-1) as string);

    expect(await choose(game)).toMatch(/^VERIFIED: /);
    await page.fill('#key', '');
  });

  test('strips the types of a bot in TypeScript itself', async () => {
    const result = await choose(await typedBot());

    expect(result).not.toMatch(/FAIL/);
    expect(result).toMatch(/PASS What was executed follows from the sources and published texts \([1-9]/);
  });

  test('names the entry of which one letter was changed', async () => {
    const changed = gunzipSync(game)
      .toString('utf8')
      .replace(/guess (\d)/, 'guess 0$1');

    const result = await choose(gzipSync(changed));

    expect(result).toMatch(/^INVALID: /);
    expect(result).toMatch(/First difference: entry \d+: /);
  });

  test('refuses a key that is none', async () => {
    await page.fill('#key', 'no key');
    await page.setInputFiles('#file', []);
    await page.setInputFiles('#file', { name: 'a.gz', mimeType: 'application/gzip', buffer: game });

    await page.locator('#status', { hasText: 'key' }).waitFor();
    await page.fill('#key', '');
  });

  test('is as wide as a telephone that shows it, and had nothing to complain of', async () => {
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(complaints).toEqual([]);
    if (process.env.SCREENSHOT) {
      await choose(game);
      await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true });
    }
  });

  test('may connect to nothing, and only its worker may compile WebAssembly', async () => {
    await context.setOffline(false);
    const policies = await Promise.all(
      ['/verify', '/verify/page.js', '/verify/worker.js'].map(async (path) =>
        (await fetch(server.url + path)).headers.get('content-security-policy'),
      ),
    );

    expect(policies.map((policy) => policy?.includes('wasm-unsafe-eval'))).toEqual([false, false, true]);
    for (const policy of policies) expect(policy).toMatch(/^default-src 'none'/);
    expect(policies.join()).not.toMatch(/connect-src|unsafe-inline|'unsafe-eval'/);
    await expect(page.evaluate(`fetch('/health_check')`)).rejects.toThrow(/Failed to fetch/);
  });
});
