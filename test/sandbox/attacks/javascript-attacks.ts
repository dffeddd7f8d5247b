import type { Ending } from '../../support/arena.js';

/** What a bot in JavaScript does, how that ends, and how it ends in a container where that is another way. */
export type JavascriptAttack = [name: string, body: string, ending: Ending, inContainer?: Ending];

const TIMEOUT: Ending = ['timed_out', 'TIMEOUT'];
const MEMORY: Ending = ['killed', 'MEMORY_LIMIT'];
const STACK: Ending = ['killed', 'STACK_OVERFLOW'];
const THREW: Ending = ['threw', 'BOT_THREW'];
const BAD: Ending = ['threw', 'BAD_EFFECT'];
const TOO_LARGE: Ending = ['threw', 'BODY_TOO_LARGE'];

export const JAVASCRIPT_ATTACKS: JavascriptAttack[] = [
  ['an endless loop', 'for (;;);', TIMEOUT],
  ['an endless loop that catches everything', 'for (;;) try { for (;;); } catch {}', TIMEOUT],
  ['a storm of promises', 'for (;;) await null;', TIMEOUT],
  ['an endless generator', 'for (const _ of (function* () { for (;;) yield 1 })());', TIMEOUT],
  ['a pattern that backtracks for ever', '/^(a+)+$/.test("a".repeat(40) + "b")', TIMEOUT],
  ['a getter that never answers', `ctx.post('bot', { get a() { for (;;); } })`, TIMEOUT],
  ['an error whose text never ends', 'throw { get message() { for (;;); } }', TIMEOUT],
  ['a sort that never ends', '[3, 2, 1].sort(() => { for (;;); })', TIMEOUT],
  ['a giant string', '("x".repeat(2 ** 28) + "y").charCodeAt(9)', MEMORY],
  ['a giant array', 'const a = []; for (;;) a.push(new Uint8Array(2 ** 20).fill(1));', MEMORY],
  ['a million small things', 'const a = []; for (;;) a.push({ a });', MEMORY],
  ['a giant buffer', 'new Uint8Array(2 ** 30).fill(1)', MEMORY],
  ['deep recursion', '(function f() { f() })()', STACK],
  ['deep recursion through the engine', 'const o = { toString() { return String(o) } }; String(o)', STACK],
  ['deep JSON', 'JSON.parse("[".repeat(1e6))', STACK, THREW],
  ['a body that is too large', `ctx.post('bot', 'x'.repeat(70_000))`, TOO_LARGE],
  ['a body whose toJSON never ends', `ctx.post('bot', { toJSON() { return { toJSON: this.toJSON } } })`, BAD],
  [
    'a body shared a billion times',
    `let a = ['x'.repeat(99)]; for (let i = 0; i < 30; i++) a = [a, a]; ctx.post('bot', { a })`,
    TOO_LARGE,
  ],
  [
    'a megabyte of posts',
    `for (let i = 0; i < 20; i++) ctx.post('bot', 'x'.repeat(60_000))`,
    ['threw', 'OUTPUT_LIMIT'],
  ],
  ['a thousand posts', `for (let i = 0; i < 1000; i++) ctx.post('bot', 'x')`, ['threw', 'POST_LIMIT']],
  ['a huge state', `ctx.setState('x'.repeat(2 ** 20))`, ['threw', 'STATE_TOO_LARGE']],
  ['a throwing getter', `ctx.post('bot', { get a() { throw new Error('boo') } })`, THREW],
  ['a throwing proxy', `ctx.post('bot', new Proxy({}, { ownKeys() { throw new Error('boo') } }))`, THREW],
  [
    'a proxy without end',
    `ctx.post('bot', new Proxy([], { get: (_, k) => k === 'length' ? 1e9 : k === 'toJSON' ? undefined : 1 }))`,
    TOO_LARGE,
  ],
  ['a body for nobody', `ctx.dm('s9', 'bot', 'psst')`, BAD],
  ['a name for a prototype', `ctx.post('bot', JSON.parse('{"__proto__": {"a": 1}}'))`, BAD],
  ['a prototype in the state', `ctx.setState(JSON.parse('{"a": {"__proto__": 1}}'))`, BAD],
  ['null that is thrown', 'throw null', THREW],
  ['undefined that is thrown', 'throw undefined', THREW],
  ['a symbol that is thrown', 'throw Symbol("s")', THREW],
  ['a thrown object without a text', 'throw { get name() { throw this }, toString() { throw this } }', THREW],
  ['a thrown proxy', 'throw new Proxy(function () {}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })', THREW],
  ['an error that claims a code', `throw Object.assign(new Error('x'), { code: 'TIMEOUT' })`, THREW],
  [
    'an error that claims to be the engine',
    `throw Object.assign(new Error('out of memory'), { name: 'InternalError' })`,
    THREW,
  ],
  ['an engine error it made itself', `throw new InternalError('out of memory')`, THREW],
  ['an engine error about the stack', `throw new InternalError('stack overflow')`, THREW],
  ['an engine error of another kind', `throw new SyntaxError('stack overflow')`, THREW, STACK],
  [
    'an engine error with another text',
    `try { JSON.parse('{') } catch (e) { e.message = 'stack overflow'; throw e }`,
    THREW,
    STACK,
  ],
  ['null with much memory in use', 'globalThis.a = new Uint8Array(53 * 2 ** 20); throw null', THREW],
  ['a promise nothing settles', 'await new Promise(() => {})', THREW],
  ['an import at run time', `await import('node:fs')`, ['threw', 'MODULE_NOT_ALLOWED']],
  ['an import of a file', `await import('./embedded.worker.js')`, ['threw', 'MODULE_NOT_ALLOWED']],
  ['a request', `await ctx.fetch('https://example.org')`, ['threw', 'FETCH_BLOCKED']],
  ['code made of text', `eval('1')`, THREW],
  ['code made by a constructor', `(async () => {}).constructor('return 1')()`, THREW],
  ['a timer with no end', `ctx.setTimer('t', Infinity)`, BAD],
  ['seventeen timers', `for (let i = 0; i < 17; i++) ctx.setTimer('t' + i, 1)`, BAD],
  ['a stale state', 'ctx.setState(1, 0)', ['threw', 'STALE_STATE']],
  ['a draw below nothing', 'ctx.random(0)', BAD],
];
