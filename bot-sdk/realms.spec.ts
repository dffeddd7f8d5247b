import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type HookInput, type RunLimits, type RunResult } from './contract.js';
import { KIT } from './kit.js';
import type { PreparedRealm, RealmProgram } from './prepared-realm.js';
import { runHook } from './realm.js';
import { Realms } from './realms.js';

const INPUT: HookInput = {
  channel_id: 'chn_1',
  bot_id: 'bot_1',
  call: { hook: 'on_init' },
  now: '2026-01-01T00:00:00.000Z',
  params: {},
  state: null,
  state_version: 0,
  players: [],
  env: {},
  key: '00'.repeat(32),
  run: 1,
};

/** A bot whose onInit is `body`; `top` is what its module does before. */
const bot = (body: string, top = '', bundled: Record<string, string> = {}): RealmProgram => ({
  executed: `${top}\nexport default class Bot { constructor(ctx) { this.ctx = ctx } async onInit() { const { ctx } = this; ${body} } }`,
  bundled,
});

/** All but the time that it took. */
const shown = ({ ms, ...result }: RunResult) => result;

const posted = ({ effects, error }: RunResult) =>
  error ?? effects.map((effect) => (effect.type === 'post' ? effect.body.it : effect.type));

describe('Hooks that use one engine after another', () => {
  const run = async (realms: Realms, program: RealmProgram, more: Partial<RunLimits> = {}, trial?: true) => {
    const input = trial ? { ...INPUT, trial } : INPUT;
    return shown((await runHook(program, input, { ...DEFAULT_LIMITS, ...more }, { realms })) as RunResult) as RunResult;
  };

  /** Looks at everything in which a hook could leave something for the next. */
  const curious = bot(
    `n += 1; ctx.post('bot', { it: [n, typeof left, [].left ?? null, Object.prototype.left ?? null, String(Math.left), JSON.left ?? null, globalThis.left ?? null] })`,
    'let n = 0;',
  );
  const leaving = bot(
    `for (const it of [Array.prototype, Object.prototype, Math, JSON, globalThis]) it.left = 'text';
     Promise.prototype.then = () => { throw 1 }; Array.prototype.push = null; ctx.post('bot', { it: 1 });
     globalThis.big = new Array(200000).fill('left'); setTimeout(() => {}, 10);`,
  );

  test('of two accounts compile the same program each for itself, and a preset once', async () => {
    const realms = new Realms();

    for (const owner of ['acc_a', 'acc_b', 'acc_b']) await run(realms, { ...curious, owner });
    expect(realms.compiled).toBe(2);

    for (const _ of ['acc_a', 'acc_b']) await run(realms, curious);
    expect(realms.compiled).toBe(3);
  });

  test('leave nothing to each other', async () => {
    const realms = new Realms();
    const first = await run(realms, curious);

    await run(realms, leaving);

    expect(await run(realms, curious)).toEqual(first);
    expect(posted(first)).toEqual([[1, 'undefined', null, null, 'undefined', null, null]]);
  });

  const deep = 'function f(n) { return n ? f(n - 1) + 1 : 0 }';
  const PROGRAMS: [string, RealmProgram, Partial<RunLimits>?, true?][] = [
    ['a bot that posts', bot(`ctx.post('bot', { it: ctx.random(100) })`)],
    ['a bot that leaves much behind', leaving],
    ['a bot that looks for what is left', curious],
    ['an endless loop', bot('for (;;) {}'), { cpuMs: 50, wallMs: 50 }],
    ['a bot that waits for ever', bot('await new Promise(() => {})')],
    [
      'a bot that uses all memory',
      bot(`const all = []; for (;;) all.push(new Array(10000).fill(7))`),
      { memoryMb: 20 },
    ],
    [
      'a bot whose memory grows',
      bot(`globalThis.all = new Uint8Array(20e6).fill(1); ctx.post('bot', { it: all.length })`),
    ],
    ['a bot that overflows the stack', bot(`ctx.post('bot', { it: f(1e6) })`, deep)],
    ['a bot that recurses', bot(`ctx.post('bot', { it: f(500) })`, deep)],
    ['a bot that cannot be parsed', { executed: 'export default class {{', bundled: {} }],
    [
      'a bot whose package cannot be parsed',
      bot(`ctx.post('bot', { it: 1 })`, `import 'lodash';`, { lodash: 'export {{' }),
    ],
    [
      'a bot with a broken package that it does not use',
      bot(`ctx.post('bot', { it: 1 })`, '', { lodash: 'export {{' }),
    ],
    [
      'a bot with a package',
      bot(`ctx.post('bot', { it: two })`, `import two from 'lodash';`, { lodash: 'export default 2' }),
    ],
    [
      'the same bot with another package',
      bot(`ctx.post('bot', { it: two })`, `import two from 'lodash';`, { lodash: 'export default 3' }),
    ],
    ['a bot that imports what is not there', bot('', `import 'node:fs';`)],
    ['a bot with an unhandled rejection', bot(`Promise.reject(new Error('lost')); ctx.post('bot', { it: 1 })`)],
    ['a bot that throws when it is loaded', bot('', `throw new TypeError('at the top')`)],
    ['a trial', bot(''), {}, true],
    ['a bot with another limit of the stack', bot(`ctx.post('bot', { it: f(500) })`, deep), { stackKb: 256 }],
  ];

  test.each([1, 2, 3])('do what each does in an engine of its own, in any order (%i)', async (step) => {
    const realms = new Realms();
    // A step that has no divisor in common with the number of programs visits each twice, in another order each time.
    const order = Array.from({ length: PROGRAMS.length * 2 }, (_, i) => PROGRAMS[(i * step) % PROGRAMS.length]);

    for (const [name, program, limits, trial] of order as typeof PROGRAMS) {
      const [kept, alone] = [
        await run(realms, program, limits, trial),
        await run(new Realms(), program, limits, trial),
      ];
      const fresh = shown(
        await runHook(program, trial ? { ...INPUT, trial } : INPUT, { ...DEFAULT_LIMITS, ...limits }),
      );
      expect([name, kept]).toEqual([name, fresh]);
      expect([name, alone]).toEqual([name, fresh]);
    }
  });

  const bytes = (realm: PreparedRealm) => Buffer.from(new Uint8Array(realm.memory.buffer));

  test('find the same memory, byte for byte', async () => {
    const realms = new Realms();
    const first = bytes(await realms.take(KIT, curious, DEFAULT_LIMITS));
    await run(realms, leaving);
    await run(realms, curious);

    const last = bytes(await realms.take(KIT, curious, DEFAULT_LIMITS));

    expect(last.equals(first)).toBe(true);
  });

  test('find all of the memory erased in between, also where nothing should be', async () => {
    const realms = new Realms();
    const realm = await realms.take(KIT, curious, DEFAULT_LIMITS);
    for (const at of [3_000_000, 16_000_000]) new Uint8Array(realm.memory.buffer)[at] = 7;

    const next = await realms.take(KIT, leaving, DEFAULT_LIMITS);

    expect(next).toBe(realm);
    const memory = new Uint8Array(next.memory.buffer);
    expect([memory[3_000_000], memory[16_000_000]]).toEqual([0, 0]);
  });

  test.each(PROGRAMS.slice(3, 4).concat(PROGRAMS.slice(6, 7)))(
    'get a new engine after %s',
    async (_, program, limits = {}) => {
      const realms = new Realms();
      await run(realms, curious);
      const before = await realms.take(KIT, curious, DEFAULT_LIMITS);
      realms.clean();

      await run(realms, program, limits);

      expect(await realms.take(KIT, curious, DEFAULT_LIMITS)).not.toBe(before);
    },
  );

  test('are compiled anew when many others ran in between', async () => {
    const realms = new Realms();
    const others = Array.from({ length: 30 }, (_, i) => bot(`ctx.post('bot', { it: ${i} })`));

    const results = [];
    for (const program of [...others, ...others]) results.push(posted(await run(realms, program)));

    expect(results).toEqual([...others, ...others].map((_, i) => [i % 30]));
  });
});
