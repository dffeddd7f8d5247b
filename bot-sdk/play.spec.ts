import { describe, expect, test } from '@jest/globals';
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
  test('reads like a channel', async () => {
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

  test('shows what failed, and goes on as if it had not happened', async () => {
    const { errors, state } = await play({ source: COUNTER }, [
      ['say', 's1', 'a'],
      ['say', 's1', 'throw'],
    ]);

    expect(errors).toMatchObject([{ code: 'BOT_THREW', detail: 'Error: as you wish (line 7)' }]);
    expect(state).toEqual({ n: 1 });
  });

  test('is the same every time, and another with another seed', async () => {
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

  test('cannot fire a timer that is not set', async () => {
    await expect(play({ source: COUNTER }, [['timer', 'bell']])).rejects.toThrow('no timer bell');
  });
});
