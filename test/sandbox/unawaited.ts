import type { RunLimits } from '../../bot-sdk/contract.js';
import type { Answer } from '../support/table-network.js';

/** What a hook starts without waiting for it, and what comes of the run: what it posted, or its failure. */
export interface Unawaited {
  readonly body: string;
  readonly top?: string;
  readonly web?: Record<string, Answer>;
  readonly limits?: Partial<RunLimits>;
  readonly posts?: unknown[];
  readonly error?: { code: string; detail: string | RegExp };
}

const boom = { code: 'BOT_THREW', detail: /^Error: boom/ };
const PAGE = { 'https://a.test/': {} };
const go = (body: string) => `const go = async () => { ${body} };`;

export const UNAWAITED: Record<string, Unawaited> = {
  'an async function that throws later': {
    body: `${go(`ctx.post('bot', 'a'); await null; throw new Error('boom')`)} go();`,
    error: boom,
  },
  'an async function that throws at once': { body: `${go(`throw new Error('boom')`)} go();`, error: boom },
  'one that throws after an answer of the network': {
    body: `${go(`await fetch('https://a.test/'); throw new Error('boom')`)} go();`,
    web: PAGE,
    error: boom,
  },
  'one that throws in a timer': { body: `setTimeout(() => { throw new Error('boom') }, 5);`, error: boom },
  'one that throws after a timer': {
    body: `${go(`await new Promise((r) => setTimeout(r, 5)); throw new Error('boom')`)} go();`,
    error: boom,
  },
  'a microtask that throws': { body: `queueMicrotask(() => { throw new Error('boom') });`, error: boom },
  'forEach with an async function': {
    body: `[1, 2].forEach(async (n) => { await null; if (n === 2) throw new Error('boom') });`,
    error: boom,
  },
  'map with an async function': { body: `[1].map(async () => { throw new Error('boom') });`, error: boom },
  'then without catch': { body: `Promise.resolve().then(() => { throw new Error('boom') });`, error: boom },
  'a chain whose middle fails': {
    body: `Promise.resolve(1).then(() => { throw new Error('boom') }).then(() => 1).finally(() => 2);`,
    error: boom,
  },
  'a rejected promise': { body: `Promise.reject(new Error('boom'));`, error: boom },
  'an executor that throws': { body: `new Promise(() => { throw new Error('boom') });`, error: boom },
  'all of some, one of which fails': {
    body: `Promise.all([1, Promise.reject(new Error('boom'))]);`,
    error: boom,
  },
  'any of some, all of which fail': {
    body: `Promise.any([Promise.reject(1)]);`,
    error: { code: 'BOT_THREW', detail: /^AggregateError/ },
  },
  'a catch that throws': {
    body: `Promise.reject(1).catch(() => { throw new Error('boom') });`,
    error: boom,
  },
  'an async generator': {
    body: `const all = (async function* () { throw new Error('boom') })(); all.next();`,
    error: boom,
  },
  'an async method that is not a hook': {
    top: `class Game { async play() { await null; throw new Error('boom') } }`,
    body: `new Game().play();`,
    error: boom,
  },
  'a refusal of the context': {
    body: `${go(`await null; ctx.post('bot', { n: NaN })`)} go();`,
    error: { code: 'BAD_EFFECT', detail: /^body\.n is NaN/ },
  },
  'a fetch of a host that is not allowed': {
    body: `fetch('https://b.test/');`,
    error: { code: 'UNREACHABLE', detail: /./ },
    web: PAGE,
  },
  'the first of two failures': {
    body: `Promise.reject(new Error('boom')); Promise.reject(new Error('bang'));`,
    error: boom,
  },
  'the one of two that nobody caught': {
    body: `const first = Promise.reject(new Error('bang')); Promise.reject(new Error('boom')); first.catch(() => {});`,
    error: boom,
  },
  'a failure beside the own one of the hook': {
    body: `${go(`await null; throw new Error('bang')`)} go(); throw new Error('boom');`,
    error: boom,
  },
  'a value that is no error': { body: `Promise.reject('no luck');`, error: { code: 'BOT_THREW', detail: /^no luck/ } },
  nothing: { body: `Promise.reject();`, error: { code: 'BOT_THREW', detail: /^undefined/ } },
  'an error that cannot be looked at': {
    body: `Promise.reject(new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } }));`,
    error: { code: 'BOT_THREW', detail: /cannot be told/ },
  },
  'more failures than anyone reads': {
    body: `for (let i = 0; i < 5000; i++) Promise.reject(new Error('boom'));`,
    error: boom,
  },
  'more failures than anyone reads, all caught but the last': {
    body: `const all = []; for (let i = 0; i < 3000; i++) all.push(Promise.reject(i)); for (const one of all) one.catch(() => {}); Promise.reject(new Error('boom'));`,
    error: boom,
  },
  'a failure whose promise is forgotten before another is caught': {
    body: `${go(`throw new Error('boom')`)} go(); for (let i = 0; i < 100; i++) { await go().catch(() => {}); }`,
    error: boom,
  },
  'a failure while the hook waits for nothing': {
    body: `Promise.reject(new Error('boom')); await new Promise(() => {});`,
    error: boom,
  },

  'a failure that is caught later': {
    body: `const late = Promise.reject(new Error('boom')); await null; await null; late.catch(() => ctx.post('bot', 'caught'));`,
    posts: ['caught'],
  },
  'a failure that is caught after an answer': {
    body: `const late = Promise.reject(new Error('boom')); await fetch('https://a.test/'); await late.catch(() => ctx.post('bot', 'caught'));`,
    web: PAGE,
    posts: ['caught'],
  },
  'failures that are all caught': {
    body: `const all = []; for (let i = 0; i < 3000; i++) all.push(Promise.reject(i)); ctx.post('bot', String((await Promise.allSettled(all)).length));`,
    posts: ['3000'],
  },
  'a race that something lost': {
    body: `const sleep = (ms, fail) => new Promise((r, j) => setTimeout(fail ? () => j(new Error('late')) : r, ms)); await Promise.race([sleep(1), sleep(9, true)]); ctx.post('bot', 'in time');`,
    posts: ['in time'],
  },
  'an import that is caught': {
    body: `await import('nothing').catch(() => ctx.post('bot', 'caught')); try { await import('nothing') } catch { ctx.post('bot', 'again') }`,
    posts: ['caught', 'again'],
  },
  'work that goes on after the hook': {
    body: `${go(`await null; ctx.post('bot', 'a'); await fetch('https://a.test/'); ctx.post('bot', 'b'); await new Promise((r) => setTimeout(r, 9)); ctx.post('bot', 'c')`)} go();`,
    web: PAGE,
    posts: ['a', 'b', 'c'],
  },
  'a promise that nothing will settle': {
    body: `new Promise(() => {}).then(() => ctx.post('bot', 'b')); ctx.post('bot', 'a');`,
    posts: ['a'],
  },
  'timers, in the order of the clock and of their setting': {
    body: `const say = (text) => () => ctx.post('bot', text); setTimeout(say('c'), 20); setTimeout(say('b'), 10); setTimeout(say('b2'), 10); queueMicrotask(say('a')); const off = setTimeout(say('off'), 5); clearTimeout(off); setTimeout(say('idle'), 99).unref();`,
    posts: ['a', 'b', 'b2', 'c'],
  },
  'an interval that ends by itself': {
    body: `let n = 0; const id = setInterval(() => { ctx.post('bot', String(Date.now() - Date.parse(ctx.now))); if (++n === 3) clearInterval(id); }, 100);`,
    posts: ['100', '200', '300'],
  },
  'an interval that does not': {
    body: `setInterval(() => {}, 100);`,
    error: { code: 'TIMEOUT', detail: /timers of a hook/ },
  },
  'a timer of a day': {
    body: `await new Promise((r) => setTimeout(r, 86_400_000));`,
    error: { code: 'TIMEOUT', detail: /ctx\.setTimer waits longer/ },
  },
  'work without end after the hook': {
    body: `(async () => { for (;;) await null; })();`,
    limits: { wallMs: 1_000, cpuMs: 1_000 },
    error: { code: 'TIMEOUT', detail: /./ },
  },
};
