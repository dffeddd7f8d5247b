import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type HookInput, type RunResult } from '../../../bot-sdk/contract.js';
import { type Executable, NO_NETWORK, NO_PRIORITY } from '../runner.js';
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
const open = (workers = 1, maxQueue?: number, slices?: number[]) => {
  const runner = new EmbeddedRunner(workers, maxQueue, slices);
  return Object.assign(runner, { [Symbol.asyncDispose]: () => runner.close() });
};
const withoutTime = ({ ms, ...result }: RunResult) => JSON.stringify(result);
const IS_LINUX = process.platform === 'linux';
/** The nice value of each thread of this process (Linux). */
const nicenesses = () =>
  (IS_LINUX ? readdirSync('/proc/self/task') : []).map((id) =>
    Number(
      readFileSync(`/proc/self/task/${id}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[16],
    ),
  );
const tick = bot(
  'ctx.setState({ n: 1 }); ctx.post("bot", { d: ctx.random(1e6), t: String(new Date()), m: Math.random() }); console.log("x")',
);

describe('The embedded runner', () => {
  test('gives the same bytes for the same input', async () => {
    await using runner = open(2);

    const results = await Promise.all([1, 2, 3, 4].map(() => runner.run(tick, INPUT, DEFAULT_LIMITS, NO_NETWORK)));

    expect(results[0]).toMatchObject({ outcome: 'ok', state: { value: { n: 1 }, version: 1 }, logs: ['x'] });
    expect(new Set(results.map(withoutTime)).size).toBe(1);
  });

  test('gives every run its own randomness', async () => {
    await using runner = open();

    const results = await Promise.all(
      ['00', '01'].map((key) => runner.run(tick, { ...INPUT, key: key.repeat(32) }, DEFAULT_LIMITS, NO_NETWORK)),
    );

    expect(new Set(results.map(withoutTime)).size).toBe(2);
  });

  test('answers in the order of the requests', async () => {
    await using runner = open(1, undefined, [60_000]);
    const order: number[] = [];

    await Promise.all(
      [1, 2, 3].map((n) => runner.run(bot(''), INPUT, DEFAULT_LIMITS, NO_NETWORK).then(() => order.push(n))),
    );

    expect(order).toEqual([1, 2, 3]);
  });

  test('continues with a new thread after one was stopped', async () => {
    await using runner = open();
    // This allocates and copies for far longer than the limit between two checks of the clock.
    const stuck = bot('const s = "x".repeat(2 ** 20); for (;;) Array.from({ length: 2000 }, () => s.split("").length)');

    const [first, second] = await Promise.all([
      runner.run(stuck, INPUT, { ...DEFAULT_LIMITS, wallMs: 100 }, NO_NETWORK),
      runner.run(tick, INPUT, DEFAULT_LIMITS, NO_NETWORK),
    ]);

    expect(first.outcome).not.toBe('ok');
    expect(second.outcome).toBe('ok');
  });

  test('quick hooks do not wait for endless hooks of any account', async () => {
    await using runner = open(2);
    const ended: string[] = [];
    const limits = { ...DEFAULT_LIMITS, wallMs: 60_000, cpuMs: 60_000 };
    const ask = (account: string, name: string, executable: Executable) =>
      runner
        .run(executable, { ...INPUT, channel_id: name }, limits, NO_NETWORK, { ...NO_PRIORITY, account })
        .then(() => ended.push(name));
    const endless = bot('for (;;);');
    const held = Array.from({ length: 12 }, (_, n) => ask(`m${n}`, `endless ${n}`, endless));

    for (const name of ['a', 'b', 'c']) await ask('alice', name, bot(''));

    expect(ended).toEqual(['a', 'b', 'c']);
    await runner.close();
    await Promise.all(held);
  });

  test('starts a bot that needed longer directly at the step that was sufficient', async () => {
    await using runner = open(2);
    let lanes = 0;
    const ask = async (name: string, executable: Executable) => {
      lanes = 0;
      const turn = { ...NO_PRIORITY, account: 'm', waits: () => lanes++ };
      const limits = { ...DEFAULT_LIMITS, cpuMs: 700, wallMs: 60_000 };
      await runner.run(executable, { ...INPUT, channel_id: name }, limits, NO_NETWORK, turn);
      return lanes;
    };
    const endless = bot('for (;;);');

    const asked = [];
    for (const name of ['x', 'x', 'x', 'y', 'y']) asked.push(await ask(name, endless));

    // The first hook of the second bot starts at the second step, because of the account's other bot.
    expect(asked).toEqual([3, 1, 1, 2, 1]);
  });

  test('gives the same bytes in every thread', async () => {
    const lanes = [
      [60_000, 60_000],
      [1, 60_000],
      [1, 2],
    ];
    // Deterministic work of more than two milliseconds on any machine.
    const work = bot('for (let i = 0; i < 1e6; i++); ctx.setState({ n: ctx.random(1e6) }); console.log("x")');

    const results = await Promise.all(
      lanes.map(async (slices) => {
        await using runner = open(2, undefined, slices);
        return await runner.run(work, INPUT, { ...DEFAULT_LIMITS, wallMs: 50_000, cpuMs: 50_000 }, NO_NETWORK);
      }),
    );

    expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(new Set(results.map(withoutTime)).size).toBe(1);
  });

  test('never gives one account all threads', async () => {
    await using runner = open(2, undefined, [60_000]);
    const order: string[] = [];
    const ask = (account: string, n: number, body: string) =>
      runner
        .run(
          bot(body),
          { ...INPUT, channel_id: `${account}_${n}` },
          { ...DEFAULT_LIMITS, wallMs: 50_000 },
          NO_NETWORK,
          {
            ...NO_PRIORITY,
            account,
          },
        )
        .then(() => order.push(account));
    const held = [1, 2, 3].map((n) => ask('m', n, 'for (;;);'));

    await Promise.all([1, 2, 3].map((n) => ask('a', n, '')));

    expect(order).toEqual(['a', 'a', 'a']);
    await runner.close();
    await Promise.all(held);
  });

  test('gives only the threads of long hooks a lower priority', async () => {
    await using runner = open(1, undefined, [60_000]);
    const limits = { ...DEFAULT_LIMITS, wallMs: 50_000 };
    const standingBack = () => nicenesses().filter((nice) => nice > 0);

    await runner.run(tick, INPUT, limits, NO_NETWORK);
    const afterQuick = standingBack();
    await runner.run(tick, INPUT, limits, NO_NETWORK, { ...NO_PRIORITY, isLate: true });

    expect([afterQuick, standingBack()]).toEqual([[], IS_LINUX ? [5] : []]);
  });

  test('gives a hook that needs longer its whole time, and returns only the output of that run', async () => {
    await using runner = open();
    // Deterministic work that takes more than half a second and less than a minute on any machine.
    const long = bot('console.log("once"); for (let i = 0; i < 4e7; i++); ctx.post("bot", "done")');

    const result = await runner.run(long, INPUT, { ...DEFAULT_LIMITS, wallMs: 50_000, cpuMs: 50_000 }, NO_NETWORK);

    expect(result).toMatchObject({ outcome: 'ok', effects: [{ body: { text: 'done' } }], logs: ['once'] });
    expect(result.ms).toBeGreaterThan(500);
  });

  test('one channel delays another by only one hook at a time', async () => {
    await using runner = open(1, undefined, [60_000]);
    const order: string[] = [];
    const ask = (channel_id: string) =>
      runner.run(bot(''), { ...INPUT, channel_id }, DEFAULT_LIMITS, NO_NETWORK).then(() => order.push(channel_id));

    await Promise.all(['a', 'a', 'a', 'a', 'b', 'c', 'b'].map(ask));

    expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a']);
  });

  test('one account delays another by only one hook at a time, for any number of channels', async () => {
    await using runner = open(1, undefined, [60_000]);
    const order: string[] = [];
    const ask = (account: string, n: number) =>
      runner
        .run(bot(''), { ...INPUT, channel_id: `${account}_${n}` }, DEFAULT_LIMITS, NO_NETWORK, {
          ...NO_PRIORITY,
          account,
        })
        .then(() => order.push(account));

    // Makes the accounts known as quick.
    for (const account of ['m', 'a']) await ask(account, 0);
    order.length = 0;
    await Promise.all(['m', 'm', 'm', 'm', 'm', 'a', 'a'].map(ask));

    // The first hook was running before the others were requested.
    expect(order).toEqual(['m', 'm', 'a', 'm', 'a', 'm', 'm']);
  });

  test('prefers accounts that are known to be quick, but takes a new one at least every fifth time', async () => {
    await using runner = open(1, undefined, [60_000]);
    const order: string[] = [];
    const ask = (account: string, n: number) =>
      runner
        .run(bot(''), { ...INPUT, channel_id: `${account}_${n}` }, DEFAULT_LIMITS, NO_NETWORK, {
          ...NO_PRIORITY,
          account,
        })
        .then(() => order.push(account));
    await ask('a', 0);

    await Promise.all(['a', 'new', 'a', 'a', 'a', 'a', 'a', 'a'].map(ask));

    // The first two were requested before the others.
    expect(order).toEqual(['a', 'a', 'a', 'a', 'a', 'new', 'a', 'a', 'a']);
  });

  test('gives a long hook a thread beside endless hooks of another account', async () => {
    await using runner = open(2);
    const order: string[] = [];
    const limits = { ...DEFAULT_LIMITS, wallMs: 30_000, cpuMs: 30_000 };
    const ask = (account: string, n: number, executable: Executable) =>
      runner
        .run(executable, { ...INPUT, channel_id: `${account}_${n}` }, limits, NO_NETWORK, { ...NO_PRIORITY, account })
        .then(({ outcome }) => order.push(`${account} ${outcome}`));
    const endless = Array.from({ length: 8 }, (_, n) => ask('m', n, bot('for (;;);')));

    // Deterministic work that takes more than half a second and less than a minute on any machine.
    await ask('a', 0, bot('for (let i = 0; i < 2e7; i++);'));

    expect(order.filter((each) => each.startsWith('m')).length).toBeLessThanOrEqual(1);
    expect(order).toContain('a ok');
    await runner.close();
    await Promise.all(endless);
  });

  test('runs a late hook once, with all its limits, after hooks of others', async () => {
    await using runner = open(1);
    const waits: string[] = [];
    const late = {
      ...NO_PRIORITY,
      account: 'm',
      isLate: true,
      waits: () => waits.push('waits'),
      began: () => waits.push('began'),
    };

    const result = await runner.run(
      bot('for (let i = 0; i < 2e7; i++);'),
      INPUT,
      { ...DEFAULT_LIMITS, wallMs: 50_000, cpuMs: 50_000 },
      NO_NETWORK,
      late,
    );

    expect(result.outcome).toBe('ok');
    expect(waits).toEqual(['waits', 'began']);
  });

  test('refuses bots that it cannot run, and hooks beyond the queue limit', async () => {
    await using runner = open(1, 1);

    const python = await runner.run(
      { ...bot(''), executed: 'class Bot: pass', language: 'python' },
      INPUT,
      DEFAULT_LIMITS,
      NO_NETWORK,
    );
    const [running, waiting, refused] = await Promise.all(
      [1, 2, 3].map(() => runner.run(tick, INPUT, DEFAULT_LIMITS, NO_NETWORK)),
    );

    expect(python).toMatchObject({ outcome: 'killed', error: { code: 'SANDBOX_UNAVAILABLE' } });
    expect([running?.outcome, waiting?.outcome, refused?.error?.code]).toEqual(['ok', 'ok', 'QUEUE_FULL']);
  });

  test('ends running and waiting hooks when it closes', async () => {
    const runner = new EmbeddedRunner(1);
    const left = [1, 2].map(() => runner.run(bot('for (;;);'), INPUT, DEFAULT_LIMITS, NO_NETWORK));

    await runner.close();

    expect((await Promise.all(left)).map(({ outcome }) => outcome)).toEqual(['killed', 'killed']);
    expect((await runner.run(tick, INPUT, DEFAULT_LIMITS, NO_NETWORK)).error?.code).toBe('RUNNER_CRASHED');
  });
});
