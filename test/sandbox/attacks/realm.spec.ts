import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NPM_MODULES } from '../../../bot-sdk/modules.js';
import { NO_NETWORK } from '../../../src/runtime/runner.js';
import { Arena, DockerArena, INPUT, javascript, javascriptTogether, PATIENT, posted } from '../../support/arena.js';
import { describeWithDocker } from '../../support/sandbox.js';

/** Collects paths to whatever hangs on an `Object.prototype` that is not the realm's own. */
const WALK = `
const foreign = [];
const seen = new Set();
function walk(value, path) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  let root = value;
  for (let at = value; at !== null; at = Object.getPrototypeOf(at)) root = at;
  if (root !== Object.prototype && Object.hasOwn(root, 'hasOwnProperty')) foreign.push(path);
  walk(Object.getPrototypeOf(value), path + '.__proto__');
  for (const key of Reflect.ownKeys(value)) {
    const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key);
    for (const part of [held, get, set]) walk(part, path + '.' + String(key));
  }
}
const caught = (act) => { try { return act() } catch (error) { return error } };
`;

/** What a bot can lay its hands on, each with where it came from. */
const FINDS: [name: string, find: string, top?: string][] = [
  ['globals', 'globalThis'],
  ['its context', '[ctx, this, arguments]'],
  [
    'refusals',
    '[() => ctx.post(1), () => ctx.post("bot", () => {}), () => ctx.random(0), () => ctx.reveal({})].map(caught)',
  ],
  [
    'errors of the engine',
    '[() => null.x, () => JSON.parse("{"), () => new RegExp("("), () => eval("1"), () => new Array(-1)].map(caught)',
  ],
  [
    'a stack that ends inside a call to the host',
    '(() => { const errors = []; (function f() { try { f() } catch (e) { errors.push(e) } errors.push(caught(() => ctx.random(6)), caught(() => ctx.post("bot", {}))); if (errors.length > 500) throw 1; })(); return errors })',
  ],
  ['a request that fails', 'await ctx.fetch("https://example.test").catch((error) => error)'],
  [
    'a request’s promise',
    '(() => { const asked = ctx.fetch("https://example.test"); asked.catch(() => {}); return asked })()',
  ],
  ['import.meta', 'import.meta'],
  ['the function that called', 'caught(() => arguments.callee.caller)'],
  [
    'a stack trace of objects',
    'caught(() => { Error.prepareStackTrace = (_, sites) => sites; return new Error().stack })',
  ],
  [
    'a stack trace of an error class of its own',
    'caught(() => { class E extends Error {} E.prepareStackTrace = (_, sites) => sites; const e = {}; Error.captureStackTrace?.(e, E); return [e.stack, new E().stack] })',
  ],
  [
    'what traps are called with',
    '(() => { const all = []; const trap = new Proxy({}, { get: (_, name) => (...args) => { all.push(args); return Reflect[name](...args) } }); caught(() => ctx.post("bot", new Proxy({ a: [1] }, trap))); caught(() => ctx.setTimer(new Proxy({}, trap), 1)); return all })()',
  ],
  [
    'what getters and setters are called with',
    '(() => { const all = []; for (const holder of [Object.prototype, Array.prototype]) for (const key of ["0", "then", "to", "value", "kind", "toJSON"]) Object.defineProperty(holder, key, { __proto__: null, configurable: true, get() { all.push(this) }, set(v) { all.push(this, v) } }); caught(() => ctx.post("bot", {})); caught(() => { ctx.fetch("x").catch(() => {}) }); for (const holder of [Object.prototype, Array.prototype]) for (const key of ["0", "then", "to", "value", "kind", "toJSON"]) delete holder[key]; return all })()',
  ],
  [
    'what a patched promise is given',
    '(() => { const all = []; const { then } = Promise.prototype; Promise.prototype.then = function (...args) { all.push(this, args); return then.apply(this, args) }; ctx.fetch("x").catch(() => {}); (async () => ctx.fetch("y"))().catch(() => {}); Promise.prototype.then = then; return all })()',
  ],
  [
    'what a species is made with',
    '(() => { const all = []; class Mine extends Array { constructor(...args) { super(...args); all.push(args, new.target) } } caught(() => ctx.post("bot", { a: Mine.from([1, 2]).map((x) => x) })); return all })()',
  ],
  [
    'a generator that waits',
    '(() => { const steps = (async function* () { yield 1 })(); return [steps, steps.next(), Object.getPrototypeOf(steps)] })()',
  ],
  [
    'what its module is asked for',
    'given',
    'const given = []; export function then(...args) { given.push(args); args[0]({ default: Bot }) }',
  ],
  [
    'what its class is asked for',
    'given',
    'const given = []; export { proxied as "module.exports" }; const proxied = new Proxy(Object, { get(...args) { given.push(args); return Reflect.get(...args) } });',
  ],
];

describe('In the embedded runner', () => {
  const arena = Arena.embedded();
  afterAll(() => arena[Symbol.asyncDispose]());

  holdsTheRealm(() => arena);
});

describeWithDocker('In a container', () => {
  let arena: DockerArena;
  beforeAll(async () => {
    arena = await DockerArena.open();
  });
  afterAll(() => arena[Symbol.asyncDispose]());

  holdsTheRealm(() => arena);
});

function holdsTheRealm(arena: () => Arena) {
  describe('a bot gets no access to the host', () => {
    test.each(FINDS)('through %s', async (_, find, top = '') => {
      const body = `walk(${find}, 'it'); ctx.post('bot', { foreign: foreign.slice(0, 5), seen: seen.size > 0 })`;

      const found = posted(await arena().attack(javascript(body, { top: WALK + top }))).at(-1);

      expect(found).toEqual({ foreign: [], seen: true });
    });

    test('through bot-sdk', async () => {
      const bot = javascript(`ctx.post('bot', { it: Object.keys(sdk).sort() })`, {
        top: `import * as sdk from 'bot-sdk';`,
      });

      expect(posted(await arena().attack(bot))).toEqual([['hmacSha256', 'randomHex', 'sha256']]);
    });

    test('by importing it, and the error lists the allowed modules', async () => {
      const { runner } = arena();

      const { error } = await runner.run(
        javascript('', { top: `import fs from 'node:fs';` }),
        INPUT,
        PATIENT,
        NO_NETWORK,
      );

      expect(error).toMatchObject({
        code: 'MODULE_NOT_ALLOWED',
        module: 'node:fs',
        allowed: ['bot-sdk', ...NPM_MODULES],
      });
    });

    test('by source that is not JavaScript', async () => {
      const { outcome, error } = await arena().runner.run(
        javascript('', { top: 'this is not code' }),
        INPUT,
        PATIENT,
        NO_NETWORK,
      );

      expect({ outcome, error }).toMatchObject({ outcome: 'threw', error: { code: 'BOT_THREW' } });
    });

    test('not even to the key of its own randomness', async () => {
      const body = `const texts = [globalThis, ctx, this].flatMap((holder) => [JSON.stringify(holder), String(holder), ...Object.values(holder).map(String)]);
        texts.push(...texts.map(caught), new Error('x').stack, String(ctx.post), ctx.random.toString());
        ctx.post('bot', { it: texts.some((text) => String(text).includes('${INPUT.key.slice(0, 12)}')) })`;

      expect(posted(await arena().attack(javascript(body, { top: WALK })))).toEqual([false]);
    });

    const NAMES = [
      'process',
      'require',
      'module',
      'Buffer',
      'WebAssembly',
      'SharedArrayBuffer',
      'navigator',
      'std',
      'os',
      'Worker',
      'parley',
      'gc',
    ];
    const naming = (name: string) => `ctx.post('bot', typeof globalThis[${JSON.stringify(name)}])`;
    const names = javascriptTogether(NAMES.map(naming));

    test.each(NAMES)('by the name %s', async (name) => {
      expect(posted(await arena().attack(...names(naming(name))))).toEqual(['undefined']);
    });

    const MAKERS = [
      ['eval', `eval('1')`],
      ['eval under another name', `(0, eval)('1')`],
      ['Function', `Function('return 1')()`],
      ['the constructor of a function', `(() => {}).constructor('return 1')()`],
      ['the constructor of ctx.post', `ctx.post.constructor('return 1')()`],
      ['the constructor of an async function', `(async () => {}).constructor('return 1')()`],
      ['the constructor of a generator', `(function* () {}).constructor('yield 1')().next()`],
      ['the constructor of an async generator', `(async function* () {}).constructor('yield 1')().next()`],
      ['Reflect.construct', `Reflect.construct(Object.getPrototypeOf(function () {}).constructor, ['return 1'])()`],
      ['a bound constructor', `(() => {}).constructor.bind(null, 'return 1')()()`],
    ] as const;
    const making = (maker: string) => `ctx.post('bot', String(${maker}))`;
    const makers = javascriptTogether(MAKERS.map(([, maker]) => making(maker)));

    test.each(MAKERS)('by evaluating text with %s', async (_, maker) => {
      const { outcome, error } = await arena().attack(...makers(making(maker)));

      expect({ outcome, error }).toMatchObject({ outcome: 'threw', error: { code: 'BOT_THREW' } });
    });
  });

  describe('a bot that replaces global objects', () => {
    test.each([
      'JSON.stringify = () => "{}"; JSON.parse = () => ({});',
      'Object.prototype.toJSON = undefined; Object.prototype.kind = "system"; Object.prototype.to = "s1";',
      'Object.defineProperty(Object.prototype, "body", { set() { throw 1 }, get() { throw 1 } });',
      'for (const k of Object.getOwnPropertyNames(Array.prototype)) if (typeof Array.prototype[k] === "function") Array.prototype[k] = () => 1;',
      'Reflect.apply = Function.prototype.call = Function.prototype.apply = () => { throw 1 };',
      'WeakMap.prototype.get = () => "TIMEOUT"; Error.prototype.name = "InternalError";',
      'String.prototype.substring = () => "x"; globalThis.String = () => "x"; Array.isArray = () => true; Object.keys = () => [];',
      'globalThis.Promise = class {}; Promise.prototype.then = null;',
    ])('still posts correctly: %s', async (top) => {
      const body = `ctx.setState({ a: [1] }); ctx.post('bot', { a: [1, 'b'] })`;

      const { outcome, effects } = await arena().runner.run(javascript(body, { top }), INPUT, PATIENT, NO_NETWORK);

      expect({ outcome, effects }).toEqual({
        outcome: 'ok',
        effects: [{ type: 'post', kind: 'bot', body: { a: [1, 'b'] }, state_version: 2, handle: '1:0' }],
      });
    });
  });

  test('nothing of one hook is visible in the next', async () => {
    const bot = {
      ...javascript(''),
      executed: `let count = 0;
        export default class Bot {
          onInit(ctx) {
            count += 1;
            Object.prototype.polluted = globalThis.left = 1;
            Array.prototype.push = JSON.stringify = null;
            Object.freeze(Math);
            (async () => { await this.ctx.fetch('https://example.test').catch(() => {}); this.ctx.post('bot', 'late') })();
          }
          onTimer() {
            count += 1;
            this.ctx.post('bot', [count, typeof {}.polluted, typeof left, typeof [].push, typeof JSON.stringify, Object.isFrozen(Math)].join());
          }
        }`,
    };
    const { runner } = arena();

    for (let i = 0; i < 3; i++)
      expect(await runner.run(bot, INPUT, PATIENT, NO_NETWORK)).toMatchObject({ outcome: 'ok' });
    const next = await runner.run(bot, { ...INPUT, call: { hook: 'on_timer', name: 't' } }, PATIENT, NO_NETWORK);

    expect(posted(next)).toEqual(['1,undefined,undefined,function,function,false']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
}
