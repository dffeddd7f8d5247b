import { afterAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type HookInput } from '../../../bot-sdk/contract.js';
import { NPM_MODULES } from '../../../bot-sdk/modules.js';
import { NO_WAY } from '../runner.js';
import { EmbeddedRunner } from './embedded-runner.js';

const INPUT: HookInput = {
  channel_id: 'chn_1',
  bot_id: 'bot_1',
  call: { hook: 'on_init' },
  now: '2026-11-20T12:00:00.000Z',
  params: {},
  state: { left: 'alone' },
  state_version: 1,
  players: [],
  env: {},
  key: '00'.repeat(32),
  run: 1,
};

const runner = new EmbeddedRunner(2);
afterAll(() => runner.close());

/** What ends by itself has as long as a slow machine needs. */
const PATIENT = 30_000;

/** A bot whose onInit is `body`, posted after `top` at the module's top level. */
const attack = (body: string, wallMs = PATIENT, top = '') =>
  runner.run(
    {
      executed: `${top}\nexport default class Bot { constructor(ctx) { this.ctx = ctx } async onInit() { const { ctx } = this; ${body} } }`,
      language: 'javascript',
      className: 'Bot',
      bundled: {},
      modules: [],
      needsProcess: false,
    },
    INPUT,
    { ...DEFAULT_LIMITS, wallMs, cpuMs: wallMs },
    NO_WAY,
  );

const neighbour = () => attack(`ctx.post('bot', 'still here')`);

describe('An attack stops its own run, says why, and no other', () => {
  test.each<[string, string, string, string]>([
    ['an endless loop', 'for (;;);', 'timed_out', 'TIMEOUT'],
    ['an endless loop that catches everything', 'for (;;) try { for (;;); } catch {}', 'timed_out', 'TIMEOUT'],
    ['a storm of promises', 'for (;;) await null;', 'timed_out', 'TIMEOUT'],
    ['an endless generator', 'for (const _ of (function* () { for (;;) yield 1 })());', 'timed_out', 'TIMEOUT'],
    ['a pattern that backtracks for ever', '/^(a+)+$/.test("a".repeat(40) + "b")', 'timed_out', 'TIMEOUT'],
    ['a getter that never answers', `ctx.post('bot', { get a() { for (;;); } })`, 'timed_out', 'TIMEOUT'],
    ['an error whose text never ends', 'throw { get message() { for (;;); } }', 'timed_out', 'TIMEOUT'],
    ['a sort that never ends', '[3, 2, 1].sort(() => { for (;;); })', 'timed_out', 'TIMEOUT'],
    ['a giant string', '"x".repeat(2 ** 28)', 'killed', 'MEMORY_LIMIT'],
    ['a giant array', 'const a = []; for (;;) a.push(new Uint8Array(2 ** 20));', 'killed', 'MEMORY_LIMIT'],
    ['a million small things', 'const a = []; for (;;) a.push({ a });', 'killed', 'MEMORY_LIMIT'],
    ['a giant buffer', 'new ArrayBuffer(2 ** 30)', 'killed', 'MEMORY_LIMIT'],
    ['deep recursion', '(function f() { f() })()', 'killed', 'STACK_OVERFLOW'],
    [
      'deep recursion through the engine',
      'const o = { toString() { return String(o) } }; String(o)',
      'killed',
      'STACK_OVERFLOW',
    ],
    ['deep JSON', 'JSON.parse("[".repeat(1e6))', 'killed', 'STACK_OVERFLOW'],
    ['a body that is too large', `ctx.post('bot', 'x'.repeat(70_000))`, 'threw', 'BODY_TOO_LARGE'],
    [
      'a body whose toJSON never ends',
      `ctx.post('bot', { toJSON() { return { toJSON: this.toJSON } } })`,
      'threw',
      'BAD_EFFECT',
    ],
    [
      'a body shared a billion times',
      `let a = ['x'.repeat(99)]; for (let i = 0; i < 30; i++) a = [a, a]; ctx.post('bot', { a })`,
      'threw',
      'BODY_TOO_LARGE',
    ],
    [
      'a megabyte of posts',
      `for (let i = 0; i < 20; i++) ctx.post('bot', 'x'.repeat(60_000))`,
      'threw',
      'OUTPUT_LIMIT',
    ],
    ['a thousand posts', `for (let i = 0; i < 1000; i++) ctx.post('bot', 'x')`, 'threw', 'POST_LIMIT'],
    ['a huge state', `ctx.setState('x'.repeat(2 ** 20))`, 'threw', 'STATE_TOO_LARGE'],
    ['a throwing getter', `ctx.post('bot', { get a() { throw new Error('boo') } })`, 'threw', 'BOT_THREW'],
    [
      'a throwing proxy',
      `ctx.post('bot', new Proxy({}, { ownKeys() { throw new Error('boo') } }))`,
      'threw',
      'BOT_THREW',
    ],
    [
      'a proxy without end',
      `ctx.post('bot', new Proxy([], { get: (_, k) => k === 'length' ? 1e9 : k === 'toJSON' ? undefined : 1 }))`,
      'threw',
      'BODY_TOO_LARGE',
    ],
    ['a body for nobody', `ctx.dm('s9', 'bot', 'psst')`, 'threw', 'BAD_EFFECT'],
    ['a name for a prototype', `ctx.post('bot', JSON.parse('{"__proto__": {"a": 1}}'))`, 'threw', 'BAD_EFFECT'],
    ['a prototype in the state', `ctx.setState(JSON.parse('{"a": {"__proto__": 1}}'))`, 'threw', 'BAD_EFFECT'],
    ['null that is thrown', 'throw null', 'threw', 'BOT_THREW'],
    ['undefined that is thrown', 'throw undefined', 'threw', 'BOT_THREW'],
    ['a symbol that is thrown', 'throw Symbol("s")', 'threw', 'BOT_THREW'],
    [
      'a thrown object without a text',
      'throw { get name() { throw this }, toString() { throw this } }',
      'threw',
      'BOT_THREW',
    ],
    [
      'a thrown proxy',
      'throw new Proxy(function () {}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })',
      'threw',
      'BOT_THREW',
    ],
    ['an error that claims a code', `throw Object.assign(new Error('x'), { code: 'TIMEOUT' })`, 'threw', 'BOT_THREW'],
    [
      'an error that claims to be the engine',
      `throw Object.assign(new Error('out of memory'), { name: 'InternalError' })`,
      'threw',
      'BOT_THREW',
    ],
    ['an engine error it made itself', `throw new InternalError('out of memory')`, 'threw', 'BOT_THREW'],
    ['an engine error about the stack', `throw new InternalError('stack overflow')`, 'threw', 'BOT_THREW'],
    ['an engine error of another kind', `throw new SyntaxError('stack overflow')`, 'threw', 'BOT_THREW'],
    [
      'an engine error with another text',
      `try { JSON.parse('{') } catch (e) { e.message = 'stack overflow'; throw e }`,
      'threw',
      'BOT_THREW',
    ],
    ['null with much memory in use', 'globalThis.a = new Uint8Array(53 * 2 ** 20); throw null', 'threw', 'BOT_THREW'],
    ['a promise nothing settles', 'await new Promise(() => {})', 'threw', 'BOT_THREW'],
    ['an import at run time', `await import('node:fs')`, 'threw', 'MODULE_NOT_ALLOWED'],
    ['an import of a file', `await import('./embedded.worker.js')`, 'threw', 'MODULE_NOT_ALLOWED'],
    ['a request', `await ctx.fetch('https://example.org')`, 'threw', 'FETCH_BLOCKED'],
    ['code made of text', `eval('1')`, 'threw', 'BOT_THREW'],
    ['code made by a constructor', `(async () => {}).constructor('return 1')()`, 'threw', 'BOT_THREW'],
    ['a timer with no end', `ctx.setTimer('t', Infinity)`, 'threw', 'BAD_EFFECT'],
    ['seventeen timers', `for (let i = 0; i < 17; i++) ctx.setTimer('t' + i, 1)`, 'threw', 'BAD_EFFECT'],
    ['a stale state', 'ctx.setState(1, 0)', 'threw', 'STALE_STATE'],
    ['a draw below nothing', 'ctx.random(0)', 'threw', 'BAD_EFFECT'],
  ])('%s', async (_, body, outcome, code) => {
    const wallMs = outcome === 'timed_out' ? 300 : PATIENT;

    const [result, other] = await Promise.all([attack(body, wallMs), neighbour()]);

    expect(result).toMatchObject({ outcome, error: { code }, effects: [] });
    expect(result).not.toHaveProperty('state');
    expect(other).toMatchObject({ outcome: 'ok', effects: [{ body: { text: 'still here' } }] });
  });

  test('a static import, with the module and what is allowed', async () => {
    const { error } = await attack('', PATIENT, `import fs from 'node:fs';`);

    expect(error).toMatchObject({
      code: 'MODULE_NOT_ALLOWED',
      module: 'node:fs',
      allowed: ['bot-sdk', ...NPM_MODULES],
    });
  });

  test('what is not JavaScript at all', async () => {
    expect(await attack('', PATIENT, 'this is not code')).toMatchObject({
      outcome: 'threw',
      error: { code: 'BOT_THREW' },
    });
  });
});

describe('A bot that rewrites the globals', () => {
  test.each([
    'JSON.stringify = () => "{}"; JSON.parse = () => ({});',
    'Object.prototype.toJSON = undefined; Object.prototype.kind = "system"; Object.prototype.to = "s1";',
    'Object.defineProperty(Object.prototype, "body", { set() { throw 1 }, get() { throw 1 } });',
    'for (const k of Object.getOwnPropertyNames(Array.prototype)) if (typeof Array.prototype[k] === "function") Array.prototype[k] = () => 1;',
    'Reflect.apply = Function.prototype.call = Function.prototype.apply = () => { throw 1 };',
    'WeakMap.prototype.get = () => "TIMEOUT"; Error.prototype.name = "InternalError";',
    'String.prototype.substring = () => "x"; globalThis.String = () => "x"; Array.isArray = () => true; Object.keys = () => [];',
  ])('still posts what it posts: %s', async (tampering) => {
    const { outcome, effects } = await attack(
      `ctx.setState({ a: [1] }); ctx.post('bot', { a: [1, 'b'] })`,
      PATIENT,
      tampering,
    );

    expect({ outcome, effects }).toEqual({
      outcome: 'ok',
      effects: [{ type: 'post', kind: 'bot', body: { a: [1, 'b'] }, state_version: 2, handle: '1:0' }],
    });
  });

  test('leaves nothing behind for the next hook', async () => {
    await Promise.all(
      [1, 2, 3, 4].map(() => attack('Object.prototype.polluted = globalThis.left = 1; Array.prototype.push = null')),
    );

    const { effects } = await attack(`ctx.post('bot', [typeof {}.polluted, typeof left, typeof [].push].join())`);

    expect(effects).toMatchObject([{ body: { text: 'undefined,undefined,function' } }]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('The world outside', () => {
  test.each([
    'process',
    'require',
    'module',
    'Buffer',
    'WebAssembly',
    'setTimeout',
    'navigator',
    'std',
    'os',
    'Worker',
  ])('has no %s in it', async (name) => {
    const { effects } = await attack(`ctx.post('bot', typeof globalThis[${JSON.stringify(name)}])`);

    expect(effects).toMatchObject([{ body: { text: 'undefined' } }]);
  });

  test('is not behind the host function', async () => {
    const { effects } = await attack(
      `ctx.post('bot', typeof ctx.post.constructor + typeof globalThis.parley + Object.keys(await import('bot-sdk')).join())`,
    );

    expect(effects).toMatchObject([{ body: { text: 'functionundefinedhmacSha256,randomHex,sha256' } }]);
  });
});
