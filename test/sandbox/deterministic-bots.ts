import { alone, type Bot, type Probe, pythonProbes, scriptProbes } from './probing-bots.js';

/** What is the same in both engines for JavaScript. */
const BOTH: Probe[] = [
  [
    'chance',
    `const bytes = crypto.getRandomValues(new Uint8Array(9));
    ctx.post('bot', { a: Math.random(), b: ctx.random(6), c: [...bytes], d: ctx.random(), e: crypto.randomUUID?.() ?? null });`,
  ],
  [
    'time',
    `ctx.post('bot', { now: Date.now(), text: new Date().toISOString(), local: new Date(ctx.now).getHours(), parts: Date.UTC(2024, 1, 29) });`,
  ],
  [
    'a memory of everything that was said',
    `const { all = [], n = 0 } = ctx.getState(); all.push(args[0]?.body?.text ?? args[0] ?? null); ctx.setState({ all, n: n + 1 });
    ctx.post('bot', { n, last: all.at(-1), sorted: [...all].map(String).sort() }); ctx.setTimer('t' + (n % 3), 5); if (n % 4 === 3) ctx.finish({ n });`,
  ],
  [
    'a page',
    `const pages = await Promise.all(['https://api.coinbase.com/v2/prices/BTC-USD/spot', 'https://nobody.test/'].map((url) => fetch(url).then((page) => page.text(), (e) => e.code)));
    ctx.post('bot', { pages });`,
  ],
  [
    'packages',
    `ctx.post('bot', { shuffled: shuffle([1, 2, 3, 4, 5, 6]), sum: new Big('0.1').plus(ctx.random(10)).toString(), fen: new Chess().fen() });`,
    `import { shuffle } from 'lodash-es'; import Big from 'big.js'; import { Chess } from 'chess.js';`,
  ],
  // Last, because how often a sort draws is the engine's own affair.
  [
    'orders and numbers',
    `const object = { b: 1, a: 2, 10: 3, 2: 4 }; delete object.b; object.b = 5;
    const shuffled = [5, 3, 8, 1].sort(() => Math.random() - 0.5);
    ctx.post('bot', { object, keys: Object.keys(object), set: [...new Set(['é', 'z', 'a', 'é'])], map: [...new Map([[2, 'b'], [1, 'a']])], shuffled: [...shuffled].sort(),
      floats: [0.1 + 0.2, 1 / 3, 1e21, 123456789.123, (25).toString(36), (0.000001234).toFixed(9), 2 ** 53], text: 'ǅ'.toLowerCase().normalize('NFD'), locale: 'a'.localeCompare('b') });`,
  ],
];

/** What two engines may see differently. */
const EITHER: Probe[] = [
  [
    'the stack of an error',
    `try { null.a; } catch (e) { ctx.post('bot', { text: e.message, stack: String(e.stack) }); }`,
  ],
  [
    'mathematics',
    `ctx.post('bot', { all: [Math.sin(1), Math.exp(1), Math.pow(1.1, 11.1), Math.cosh(2), Math.log10(7)] });`,
  ],
  [
    'an unstable order',
    `const list = typeof Intl === 'undefined' ? null : new Intl.ListFormat('en').format(['a', 'b']);
    ctx.post('bot', { sorted: Array.from({ length: 50 }, (_, i) => i).sort(() => Math.random() - 0.5), text: new Date(0).toLocaleString(), list });`,
  ],
];

const OF_PYTHON: Probe[] = [
  [
    'chance in Python',
    `ctx.post('bot', {'a': random.random(), 'b': ctx.random(6), 'c': random.sample(range(100), 5), 'd': secrets.token_hex(8), 'e': random.gauss(0, 1), 'f': secrets.choice('abcdef')})
random.seed(4); ctx.post('bot', {'seeded': random.random()})`,
    'import random, secrets',
  ],
  [
    'time in Python',
    `ctx.post('bot', {'now': time.time(), 'day': datetime.datetime.now().isoformat(), 'local': time.localtime().tm_hour, 'clock': time.monotonic(), 'today': str(datetime.date.today())})`,
    'import time, datetime',
  ],
  [
    'orders in Python',
    `words = {'pear', 'apple', 'fig', 'é', 'plum', str(ctx.random(9))}
ctx.post('bot', {'set': list(words), 'hash': hash('text') % 1000, 'frozen': list(frozenset(['x', 'y', 'z'])), 'dict': {w: i for i, w in enumerate(words)}, 'floats': [0.1 + 0.2, 1 / 3, 1e21]})`,
  ],
  [
    'a memory in Python',
    `state = ctx.get_state(); state['n'] = state.get('n', 0) + 1; ctx.set_state(state); ctx.set_timer(f"t{state['n'] % 3}", 5)
print('run', state['n']); ctx.post('bot', {'n': state['n'], 'args': len(args)})
if state['n'] % 4 == 3: ctx.finish({'n': state['n']})`,
  ],
  [
    'a page in Python',
    `page = requests.get('https://api.coinbase.com/v2/prices/BTC-USD/spot')
ctx.post('bot', {'amount': page.json()['data']['amount'], 'elapsed': page.elapsed.total_seconds(), 'headers': dict(page.headers)})`,
    'import requests',
  ],
];

/** Bots that do the same in both engines for JavaScript. */
export const ALIKE: Bot[] = [
  scriptProbes('everything that both engines do alike', BOTH),
  alone('javascript', [
    'what throws',
    `if (args[0]?.body?.text === 'hit') throw new Error('no ' + ctx.random(100)); ctx.post('bot', {});`,
  ]),
  alone('typescript', [
    'dice in TypeScript',
    `const eyes: number = 1 + ctx.random(6); ctx.post('bot', { eyes, said: args.length as number });`,
  ]),
];

export const JAVASCRIPT_ALONE: Bot[] = [scriptProbes('everything that engines do in their own way', EITHER)];

export const PYTHON: Bot[] = [
  pythonProbes('everything in Python', OF_PYTHON),
  alone('python', [
    'what throws in Python',
    `if ctx.random(2): raise ValueError(f'no {ctx.random(100)}')\nctx.post('bot', {})`,
  ]),
];
