import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { play } from './play.js';

const COUNTER = `export default class Counter {
  constructor(ctx, { step = 1 }) { this.ctx = ctx; this.step = step; }
  onMessage({ sender, body }) {
    const n = (this.ctx.getState().n ?? 0) + this.step;
    this.ctx.setState({ n });
    this.ctx.post('bot', { type: 'count', n, sender, draw: this.ctx.random(1000) });
    if (body.text === 'throw') throw new Error('as you wish');
    if (body.text === 'wait') this.ctx.setTimer('bell', 5);
  }
  onTimer(name) { this.ctx.post('bot', name + ' at ' + this.ctx.now); }
}`;

describe('A played script', () => {
  test('prints the lines of a channel', async () => {
    const { lines, state } = await play(
      { source: COUNTER },
      [
        ['join', 's1'],
        ['say', 's1', 'a'],
        ['say', 's1', 'wait'],
        ['timer', 'bell'],
      ],
      { params: { step: 2 } },
    );

    expect(lines.map((line) => line.replace(/draw=\d+/, 'draw=#'))).toEqual([
      's1: <join>',
      's1: a',
      'bot: count n=2 sender=s1 draw=#',
      's1: wait',
      'bot: count n=4 sender=s1 draw=#',
      'bell: <timer>',
      'bot: bell at 2026-01-01T00:00:08.000Z',
    ]);
    expect(state).toEqual({ n: 4 });
  });

  test('shows a failed hook and continues without its effects', async () => {
    const { errors, state } = await play({ source: COUNTER }, [
      ['say', 's1', 'a'],
      ['say', 's1', 'throw'],
    ]);

    expect(errors).toMatchObject([{ code: 'BOT_THREW', detail: 'Error: as you wish (line 7)' }]);
    expect(state).toEqual({ n: 1 });
  });

  test('is the same every time, and different with another seed', async () => {
    const script = [
      ['say', 's1', 'a'],
      ['say', 's1', 'a'],
    ] as [['say', string, string], ['say', string, string]];

    const [first, second, third] = await Promise.all(
      ['x', 'x', 'y'].map((seed) => play({ source: COUNTER }, script, { seed })),
    );

    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });

  test('gives the bot the secrets of the setting', async () => {
    const source = `class Keeper { constructor(ctx) { this.ctx = ctx; } onInit() { this.ctx.post('bot', { length: this.ctx.env.KEY.length }); } }`;

    const { posts } = await play({ source }, [], { env: { KEY: 'sesame-open' } });

    expect(posts).toMatchObject([{ body: { length: 11 } }]);
  });

  test('plays a bot that imports packages, as a server bundles them', async () => {
    const source = `import Big from 'big.js';
import { Chess } from 'chess.js';
import { chunk } from 'lodash-es';
export default class Sums {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() {
    const sum = Big('0.1').plus('0.2').toString();
    this.ctx.post('bot', { sum, moves: new Chess().moves().length, parts: chunk([1, 2, 3], 2) });
  }
}`;

    const { posts, errors } = await play({ source }, [['say', 's1', 'go']]);

    expect(errors).toEqual([]);
    expect(posts).toMatchObject([{ body: { sum: '0.3', moves: 20, parts: [[1, 2], [3]] } }]);
  });

  test('refuses what a server refuses to bundle', async () => {
    const source = `import { nothing } from 'big.js'; export default class A { onInit() { nothing(); } }`;

    await expect(play({ source }, [])).rejects.toThrow('big.js does not export what the bot imports from it');
  });

  test('obeys the limits of the manifest', async () => {
    const source = `export default class Many { constructor(ctx) { this.ctx = ctx; } onInit() { for (let i = 0; i < 3; i++) this.ctx.post('bot', 'x'); } }`;
    const manifest = { name: 'Many', limits: { posts: 2 } };

    const { posts, errors } = await play({ source, manifest }, []);

    expect(posts).toEqual([]);
    expect(errors).toMatchObject([{ code: 'POST_LIMIT' }]);
  });

  test('uses the class that the manifest names', async () => {
    const source = `class Helper { onInit() {} }
class Main { constructor(ctx) { this.ctx = ctx; } onInit() { this.ctx.post('bot', 'main'); } }`;

    const { lines } = await play({ source, manifest: { name: 'Main' } }, []);

    expect(lines).toEqual(['bot: main']);
  });

  describe('of a folder or a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-play-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const typed = `${COUNTER}\ntype Unused = { n: number };\n`;

    test.each([
      ['a folder without a manifest', { 'bot.js': COUNTER }, '.'],
      ['a folder in TypeScript', { 'bot.ts': typed }, '.'],
      ['a file of any name', { 'mine.ts': typed }, 'mine.ts'],
      ['a file beside the manifest of another', { 'mine.js': COUNTER, 'manifest.json': '{"name":"Other"}' }, 'mine.js'],
      [
        'a folder with a manifest',
        { 'bot.js': COUNTER, 'manifest.json': '{"name":"Counter","params":{"type":"object"}}' },
        '.',
      ],
    ])('plays %s', async (name, files, path) => {
      const at = join(folder, name);
      mkdirSync(at);
      for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);

      const { state } = await play(join(at, path), [['say', 's1', 'a']]);

      expect(state).toEqual({ n: 1 });
    });

    test('names the missing value', async () => {
      await expect(play(folder, [])).rejects.toThrow('there is no bot.js, bot.ts, bot.py in the folder');
    });

    test('says that Python needs a container', async () => {
      const source = 'class A:\n    def on_init(self):\n        pass\n';

      await expect(play({ source }, [])).rejects.toThrow('Python runs in a container only');
    });
  });

  test('cannot fire a timer that is not set', async () => {
    await expect(play({ source: COUNTER }, [['timer', 'bell']])).rejects.toThrow('no timer bell');
  });
});
