import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type HookInput, type RunResult } from '../../../bot-sdk/contract.js';
import { ANY_TURN, type Executable, NO_WAY } from '../runner.js';
import { EmbeddedRunner } from './embedded-runner.js';

const INPUT: HookInput = {
  channel_id: 'chn_1',
  bot_id: 'bot_1',
  call: { hook: 'on_init' },
  now: '2026-11-20T12:00:00.000Z',
  params: {},
  state: null,
  state_version: 0,
  players: [],
  env: {},
  key: '00'.repeat(32),
  run: 1,
};
const bot = (body: string): Executable => ({
  className: 'Bot',
  bundled: {},
  modules: [],
  needsProcess: false,
  executed: `export default class Bot { constructor(ctx) { this.ctx = ctx } async on_init() { const { ctx } = this; ${body} } }`,
  language: 'javascript',
});
const open = (workers = 1, maxQueue?: number) => {
  const runner = new EmbeddedRunner(workers, maxQueue);
  return Object.assign(runner, { [Symbol.asyncDispose]: () => runner.close() });
};
const withoutTime = ({ ms, ...result }: RunResult) => JSON.stringify(result);
const tick = bot(
  'ctx.setState({ n: 1 }); ctx.post("bot", { d: ctx.random(1e6), t: String(new Date()), m: Math.random() }); console.log("x")',
);

describe('The embedded runner', () => {
  test('gives the same bytes for the same input', async () => {
    await using runner = open(2);

    const results = await Promise.all([1, 2, 3, 4].map(() => runner.run(tick, INPUT, DEFAULT_LIMITS, NO_WAY)));

    expect(results[0]).toMatchObject({ outcome: 'ok', state: { value: { n: 1 }, version: 1 }, logs: ['x'] });
    expect(new Set(results.map(withoutTime)).size).toBe(1);
  });

  test('gives every run a chance of its own', async () => {
    await using runner = open();

    const results = await Promise.all(
      ['00', '01'].map((key) => runner.run(tick, { ...INPUT, key: key.repeat(32) }, DEFAULT_LIMITS, NO_WAY)),
    );

    expect(new Set(results.map(withoutTime)).size).toBe(2);
  });

  test('answers in the order it was asked', async () => {
    await using runner = open();
    const order: number[] = [];

    await Promise.all(
      [1, 2, 3].map((n) => runner.run(bot(''), INPUT, DEFAULT_LIMITS, NO_WAY).then(() => order.push(n))),
    );

    expect(order).toEqual([1, 2, 3]);
  });

  test('goes on with a new thread after one had to be stopped', async () => {
    await using runner = open();
    // Between two looks at the clock, this allocates and copies for far longer than the limit.
    const stuck = bot('const s = "x".repeat(2 ** 20); for (;;) Array.from({ length: 2000 }, () => s.split("").length)');

    const [first, second] = await Promise.all([
      runner.run(stuck, INPUT, { ...DEFAULT_LIMITS, wallMs: 100 }, NO_WAY),
      runner.run(tick, INPUT, DEFAULT_LIMITS, NO_WAY),
    ]);

    expect(first.outcome).not.toBe('ok');
    expect(second.outcome).toBe('ok');
  });

  test('lets a channel wait for none that never ends', async () => {
    await using runner = open();
    const from = (channel_id: string) => ({ ...INPUT, channel_id });
    const endless = Array.from({ length: 6 }, (_, i) =>
      runner.run(
        bot('for (;;);'),
        from(`chn_endless_${i}`),
        { ...DEFAULT_LIMITS, wallMs: 3_000, cpuMs: 3_000 },
        NO_WAY,
      ),
    );
    const begin = performance.now();

    const result = await runner.run(tick, from('chn_other'), DEFAULT_LIMITS, NO_WAY);

    // Six tries of half a second, where six limits are eighteen seconds.
    expect(performance.now() - begin).toBeLessThan(12_000);
    expect(result.outcome).toBe('ok');
    await runner.close();
    await Promise.all(endless);
  });

  test('gives a hook that needs longer all of its time, and tells of that run only', async () => {
    await using runner = open();
    // Deterministic work that no machine does in half a second, and any does in most of a minute.
    const long = bot('console.log("once"); for (let i = 0; i < 1e8; i++); ctx.post("bot", "done")');

    const result = await runner.run(long, INPUT, { ...DEFAULT_LIMITS, wallMs: 50_000, cpuMs: 50_000 }, NO_WAY);

    expect(result).toMatchObject({ outcome: 'ok', effects: [{ body: { text: 'done' } }], logs: ['once'] });
    expect(result.ms).toBeGreaterThan(500);
  });

  test('lets one channel delay another by one hook at a time', async () => {
    await using runner = open();
    const order: string[] = [];
    const ask = (channel_id: string) =>
      runner.run(bot(''), { ...INPUT, channel_id }, DEFAULT_LIMITS, NO_WAY).then(() => order.push(channel_id));

    await Promise.all(['a', 'a', 'a', 'a', 'b', 'c', 'b'].map(ask));

    expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a']);
  });

  test('lets one account delay another by one hook at a time, in however many channels its bots are', async () => {
    await using runner = open();
    const order: string[] = [];
    const ask = (account: string, n: number) =>
      runner
        .run(bot(''), { ...INPUT, channel_id: `${account}_${n}` }, DEFAULT_LIMITS, NO_WAY, { ...ANY_TURN, account })
        .then(() => order.push(account));

    await Promise.all(['m', 'm', 'm', 'm', 'm', 'a', 'a'].map(ask));

    // The first was at work before anybody else asked.
    expect(order).toEqual(['m', 'm', 'a', 'm', 'a', 'm', 'm']);
  });

  test('gives a long hook a thread beside the endless ones of another account', async () => {
    await using runner = open(2);
    const order: string[] = [];
    const limits = { ...DEFAULT_LIMITS, wallMs: 30_000, cpuMs: 30_000 };
    const ask = (account: string, n: number, executable: Executable) =>
      runner
        .run(executable, { ...INPUT, channel_id: `${account}_${n}` }, limits, NO_WAY, { ...ANY_TURN, account })
        .then(({ outcome }) => order.push(`${account} ${outcome}`));
    const endless = Array.from({ length: 8 }, (_, n) => ask('m', n, bot('for (;;);')));

    // Deterministic work that no machine does in half a second, and any does in most of a minute.
    await ask('a', 0, bot('for (let i = 0; i < 2e7; i++);'));

    expect(order.filter((each) => each.startsWith('m')).length).toBeLessThanOrEqual(1);
    expect(order).toContain('a ok');
    await runner.close();
    await Promise.all(endless);
  });

  test('runs a hook that has lost its place once, with all its limits, after those of others', async () => {
    await using runner = open(1);
    const waits: string[] = [];
    const late = {
      ...ANY_TURN,
      account: 'm',
      isLate: true,
      waits: () => waits.push('waits'),
      began: () => waits.push('began'),
    };

    const result = await runner.run(
      bot('for (let i = 0; i < 2e7; i++);'),
      INPUT,
      { ...DEFAULT_LIMITS, wallMs: 50_000, cpuMs: 50_000 },
      NO_WAY,
      late,
    );

    expect(result.outcome).toBe('ok');
    expect(waits).toEqual(['waits', 'began']);
  });

  test('refuses what it cannot run, and what is too much', async () => {
    await using runner = open(1, 1);

    const python = await runner.run(
      { ...bot(''), executed: 'class Bot: pass', language: 'python' },
      INPUT,
      DEFAULT_LIMITS,
      NO_WAY,
    );
    const [running, waiting, refused] = await Promise.all(
      [1, 2, 3].map(() => runner.run(tick, INPUT, DEFAULT_LIMITS, NO_WAY)),
    );

    expect(python).toMatchObject({ outcome: 'killed', error: { code: 'SANDBOX_UNAVAILABLE' } });
    expect([running?.outcome, waiting?.outcome, refused?.error?.code]).toEqual(['ok', 'ok', 'QUEUE_FULL']);
  });

  test('ends what is left when it closes', async () => {
    const runner = new EmbeddedRunner(1);
    const left = [1, 2].map(() => runner.run(bot('for (;;);'), INPUT, DEFAULT_LIMITS, NO_WAY));

    await runner.close();

    expect((await Promise.all(left)).map(({ outcome }) => outcome)).toEqual(['killed', 'killed']);
    expect((await runner.run(tick, INPUT, DEFAULT_LIMITS, NO_WAY)).error?.code).toBe('RUNNER_CRASHED');
  });
});
