/** What ends a process, waits for somebody or changes what the rest is shown by. */
const LEFT_OUT =
  '/exit|abort|kill|listen|createServer|request|connect|setMaxListeners|captureRejection|^Agent|get$|^setInterval|^Pool|destroy|emit|parley/i';

/**
 * Shows each value that is reached by name from what it is given, four steps deep, with the order of its properties, its text,
 * what comes of calling and making it, and where an error says that it happened. Told by root: one number for all its parts.
 */
const WALK = `const told = {}, known = new Set(), found = [];
const note = (root, text) => { let h = told[root] ?? 5381; for (let i = 0; i < text.length; i++) h = (h * 33 ^ text.charCodeAt(i)) >>> 0; told[root] = h; };
const plain = (value) => { try { return JSON.stringify(value) ?? typeof value; } catch (error) { return String(error.stack); } };
const text = (value) => { try { return typeof value === 'symbol' ? String(value.description) : String(value); } catch (error) { return String(error && error.stack); } };
const shown = (value) => [typeof value, text(value), plain(value)].join(' ');
const keys = (value) => { try { return Reflect.ownKeys(value); } catch { return []; } };
const all = (value) => { const names = []; for (let it = value; it !== null && it !== undefined; it = Object.getPrototypeOf(it)) { for (const key of keys(it)) { const { get, set, value: kept, ...flags } = Object.getOwnPropertyDescriptor(it, key) ?? {}; names.push([String(key), plain(flags), typeof get, typeof set]); } } return names.join(); };
const walk = (root, name, value, depth) => {
  note(root, name + shown(value));
  if (value === null || !['object', 'function'].includes(typeof value) || known.has(value)) return;
  known.add(value); found.push(value); note(root, all(value));
  if (typeof value === 'function' && !${LEFT_OUT}.test(name)) {
    for (const args of [[], [3], ['a'], [[3, 1, 2]]]) {
      for (const act of [() => value(...args), () => new value(...args)]) {
        try { const made = act(); if (made instanceof Promise) made.catch(() => {}); made?.on?.('error', () => {}); note(root, shown(made)); if (typeof made === 'object' && made !== null) { note(root, all(made)); found.push(made); } }
        catch (error) { note(root, String(error && error.stack) + plain(error)); }
      }
    }
  }
  if (depth > 0) for (const key of keys(value)) { let next; try { next = value[key]; } catch (error) { note(root, String(error.stack)); continue; } walk(root, String(key), next, depth - 1); }
};`;

const SPECIAL = `class Thing { #hidden = 1; kept = () => this; get it() { return this.#hidden; } static made() {} }
let depth = 0; const down = () => { depth += 1; down(); }; const deep = () => { depth = 0; try { down(); } catch (error) { return [depth, error.name]; } };
const many = Array.from({ length: 200 }, (_, i) => Object.assign(new Thing(), { i }));
const special = {
  absent: ['WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics', 'WebAssembly', 'Intl', 'Temporal', 'process', 'require', 'gc', 'performance'].map((name) => typeof globalThis[name]),
  things: [new Thing(), Thing, Symbol('a'), Symbol.for('b'), new Proxy(new Thing(), {}), function* () {}, async () => {}, (function () { return arguments; })(1), new WeakMap([[Thing, 1]]), new WeakSet([Thing]), new Map([[new Thing(), 1]]), new Set(many), Promise.resolve(1), [1, 2].values(), new Map().entries(), 'a'.matchAll(/a/g), /a/.exec('a'), new Error('x', { cause: new Thing() }), new AggregateError([new Error('y')]), new DataView(new ArrayBuffer(8)), Object.create(null)],
  orders: [[...new Set(many)].map((it) => it.i), [...new Map(many.map((it) => [it, it.i])).values()], many.toSorted((a, b) => a.i % 7 - b.i % 7).map((it) => it.i), Object.keys({ b: 1, 2: 1, a: 1, 1: 1 }), many.slice().sort(() => 0).map((it) => it.i)],
  depth: [deep(), deep(), deep()], now: [Date.now(), new Date().toString(), new Date().getTimezoneOffset()], ids: [crypto.randomUUID(), Math.random()],
  stack: (() => { try { null.x; } catch (error) { return error.stack; } })(), nested: (() => { let it = []; for (let i = 0; i < 200; i++) it = [it]; return JSON.stringify(it).length; })(),
};`;

/** A bot that shows all that every JavaScript bot has, in `on_init`; in another hook it posts a word. */
export const SCRIPT_OBJECTS = `
export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  onTimer() { this.ctx.post('bot', [new Error('light').stack, new Map([[this, 1]]).size]); }
  async onInit() {
    const { ctx } = this;
    ${WALK}
    ${SPECIAL}
    ctx.post('bot', { special: JSON.parse(JSON.stringify({ ...special, things: special.things.map(shown) })) });
    for (const [name, root] of Object.entries(special)) walk('special ' + name, name, root, 2);
    for (const name of Object.getOwnPropertyNames(globalThis)) if (name !== 'globalThis') walk(name, name, globalThis[name], 2);
    ctx.post('bot', { found: found.length, order: [...new Set(found)].length, weak: found.filter((it) => new WeakSet(found).has(it)).length > 0 });
    const lines = Object.entries(told);
    for (let i = 0; i < lines.length; i += 800) ctx.post('bot', Object.fromEntries(lines.slice(i, i + 800)));
  }
}
`;
