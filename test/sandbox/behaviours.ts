import { createHash, createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import { Chance } from '../../bot-sdk/chance.js';
import type {
  BotErrorCode,
  HookInput,
  JsonObject,
  Outcome,
  PostEffect,
  RunLimits,
  RunResult,
} from '../../bot-sdk/contract.js';
import { NPM_MODULES } from '../../bot-sdk/modules.js';
import type { TlsSight } from '../../bot-sdk/web.js';
import { INPUT } from '../support/inline-bot.js';
import { type Answer, base64, receiptOf } from '../support/table-network.js';

/** What a bot does, in each language that can, and what must come of it wherever it runs. */
export interface Behaviour {
  readonly js?: string;
  readonly py?: string;
  /** Stands before the class. */
  readonly top?: string;
  /** Has a source of its own, since its lines or its imports are told of. */
  readonly isAlone?: true;
  readonly input?: Partial<HookInput>;
  readonly limits?: Partial<RunLimits>;
  /** What answers in the network, by address. Left out: there is none. */
  readonly web?: Record<string, Answer>;
  /** The addresses asked for, in that order. */
  readonly asks?: string[];
  /** All of the result but the time it took; no logs where none are given. */
  readonly expected: Expected;
}

type Expected = Omit<Partial<RunResult>, 'error'> & { error?: unknown };

const post = (n: number, body: JsonObject, more: Partial<PostEffect> = {}): PostEffect => ({
  type: 'post',
  kind: 'bot',
  body,
  state_version: 0,
  handle: `7:${n}`,
  ...more,
});
const says = (body: JsonObject, more: Partial<PostEffect> = {}): Expected => ({
  outcome: 'ok',
  effects: [post(0, body, more)],
});
const fails = (code: BotErrorCode, outcome: Outcome = 'threw', detail: unknown = expect.any(String)): Expected => ({
  outcome,
  error: { code, detail },
  effects: [],
});
const refusesModule = (module: string, allowed: string[]): Expected => ({
  outcome: 'threw',
  error: { code: 'MODULE_NOT_ALLOWED', detail: expect.any(String), module, allowed },
  effects: [],
});
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const hmacOf = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');
const SIGHT: TlsSight = {
  host: 'a.test',
  port: 8443,
  observed_at: INPUT.now,
  subject: 'CN=a.test',
  issuer: 'CN=ca',
  san: ['a.test'],
  not_before: INPUT.now,
  not_after: INPUT.now,
  serial: '01',
  fingerprint_sha256: 'ab',
  chain: ['ab'],
  pem: ['PEM'],
  validated: false,
  reason: 'expired',
  trust_store: 'node@24',
  tls_version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
};
const MESSAGE = { id: 3, channel_id: 'chn_1', sender: 's1', kind: 'user', body: { text: 'hé 😀' }, ts: INPUT.now };

/** Numbers below k, and between 0 and 1, as the run's key gives them. */
const chance = new Chance(INPUT.key);
const DRAWN = { below: [6, 6, 1000, 2 ** 53, 1].map((k) => chance.below(k)), units: [chance.unit(), chance.unit()] };

export const BEHAVIOURS: Record<string, Behaviour> = {
  'posts of every kind': {
    js: `ctx.post('bot', { a: 1, b: [null, true, 'é😀', 1.5, 1e21, -0] }); ctx.post('control', 'text'); ctx.post('prompt', {});
      ctx.post('bot', { c: 1 }, { to: 's1' }); ctx.post('private', { d: 1 }, { to: 's2' }); ctx.dm('s2', 'hint', { e: 1 });
      const { handle, ts } = ctx.post('bot', { f: 1 }, { sealed: true }); ctx.post('bot', { handle, ts });`,
    py: `ctx.post('bot', {'a': 1, 'b': [None, True, 'é😀', 1.5, 1e21, -0.0]}); ctx.post('control', 'text'); ctx.post('prompt', {})
ctx.post('bot', {'c': 1}, to='s1'); ctx.post('private', {'d': 1}, to='s2'); ctx.dm('s2', 'hint', {'e': 1})
sealed = ctx.post('bot', {'f': 1}, sealed=True); ctx.post('bot', {'handle': sealed['handle'], 'ts': sealed['ts']})`,
    expected: {
      outcome: 'ok',
      effects: [
        post(0, { a: 1, b: [null, true, 'é😀', 1.5, 1e21, 0] }),
        post(1, { text: 'text' }, { kind: 'control' }),
        post(2, {}, { label: 'prompt' }),
        post(3, { c: 1 }, { kind: 'private', to: 's1' }),
        post(4, { d: 1 }, { kind: 'private', to: 's2' }),
        post(5, { e: 1 }, { kind: 'private', to: 's2', label: 'hint' }),
        post(6, { f: 1 }, { sealed: true }),
        post(7, { handle: '7:6', ts: INPUT.now }),
      ],
    },
  },
  'nothing at all': { js: '', py: 'pass', expected: { outcome: 'ok', effects: [] } },

  'no state is an empty one': {
    js: `ctx.post('bot', { state: ctx.getState(), v: ctx.state_version });`,
    py: `ctx.post('bot', {'state': ctx.get_state(), 'v': ctx.state_version})`,
    expected: says({ state: {}, v: 0 }),
  },
  'a state of null is null': {
    input: { state: null, state_version: 4 },
    js: `ctx.post('bot', { state: ctx.get_state(), v: ctx.state_version });`,
    py: `ctx.post('bot', {'state': ctx.getState(), 'v': ctx.state_version})`,
    expected: says({ state: null, v: 4 }, { state_version: 4 }),
  },
  'a state is read, changed and saved, with a version for each save': {
    input: { state: { n: 1, deep: { list: [1] } }, state_version: 3 },
    js: `const s = ctx.getState(); s.n += 1; s.deep.list.push(2); ctx.post('bot', { old: ctx.getState() });
      const v = ctx.setState(s); ctx.post('bot', { v }); ctx.setState({ ...s, n: 5 }, 4); ctx.post('bot', { now: ctx.getState() });`,
    py: `s = ctx.get_state(); s['n'] += 1; s['deep']['list'].append(2); ctx.post('bot', {'old': ctx.get_state()})
v = ctx.set_state(s); ctx.post('bot', {'v': v}); ctx.set_state({**s, 'n': 5}, 4); ctx.post('bot', {'now': ctx.get_state()})`,
    expected: {
      outcome: 'ok',
      state: { value: { n: 5, deep: { list: [1, 2] } }, version: 5 },
      effects: [
        post(0, { old: { n: 1, deep: { list: [1] } } }, { state_version: 3 }),
        post(1, { v: 4 }, { state_version: 4 }),
        post(2, { now: { n: 5, deep: { list: [1, 2] } } }, { state_version: 5 }),
      ],
    },
  },
  'a state that is not saved is not changed': {
    input: { state: { n: 1 }, state_version: 1 },
    js: `ctx.getState().n = 2;`,
    py: `ctx.get_state()['n'] = 2`,
    expected: { outcome: 'ok', effects: [] },
  },
  'a stale write': {
    input: { state_version: 2 },
    js: `ctx.setState({ n: 1 }, 1);`,
    py: `ctx.set_state({'n': 1}, expected_version=1)`,
    expected: fails('STALE_STATE', 'threw', 'the state is at version 2'),
  },
  'what was refused can be caught': {
    js: `try { ctx.setState({ n: 1 }, 9); } catch (e) { ctx.post('bot', { code: e.code }); }`,
    py: `try:\n    ctx.set_state({'n': 1}, 9)\nexcept Exception as e:\n    ctx.post('bot', {'code': e.code})`,
    expected: says({ code: 'STALE_STATE' }),
  },

  timers: {
    js: `ctx.setTimer('a', 90); ctx.set_timer('b:1', 0); ctx.setTimer('c', 1.5); ctx.clearTimer('a');`,
    py: `ctx.set_timer('a', 90); ctx.setTimer('b:1', 0); ctx.set_timer('c', 1.5); ctx.clear_timer('a')`,
    expected: {
      outcome: 'ok',
      effects: [
        { type: 'timer_set', name: 'a', seconds: 90 },
        { type: 'timer_set', name: 'b:1', seconds: 1 },
        { type: 'timer_set', name: 'c', seconds: 1.5 },
        { type: 'timer_clear', name: 'a' },
      ],
    },
  },
  reveals: {
    js: `const sealed = ctx.post('bot', { card: '10H' }, { sealed: true }); ctx.reveal(sealed); ctx.reveal(12); ctx.reveal('3:0');`,
    py: `sealed = ctx.post('bot', {'card': '10H'}, sealed=True); ctx.reveal(sealed); ctx.reveal(12); ctx.reveal('3:0')`,
    expected: {
      outcome: 'ok',
      effects: [
        post(0, { card: '10H' }, { sealed: true }),
        { type: 'reveal', target: '7:0' },
        { type: 'reveal', target: 12 },
        { type: 'reveal', target: '3:0' },
      ],
    },
  },
  'the end of a round': {
    js: `ctx.finish({ winner: 's1', scores: { s1: 2 } });`,
    py: `ctx.finish({'winner': 's1', 'scores': {'s1': 2}})`,
    expected: { outcome: 'ok', effects: [{ type: 'finish', result: { winner: 's1', scores: { s1: 2 } } }] },
  },
  'what a bot knows of its channel': {
    input: { params: { range: [1, 10] } },
    js: `const { channel_id, bot_id, players, env } = ctx; ctx.post('bot', { channel_id, bot_id, players, env, params, same: ctx.params });`,
    py: `ctx.post('bot', {'channel_id': ctx.channel_id, 'bot_id': ctx.bot_id, 'players': ctx.players, 'env': ctx.env, 'params': params, 'same': ctx.params})`,
    expected: says({
      channel_id: 'chn_1',
      bot_id: 'bot_1',
      players: INPUT.players as never,
      env: {},
      params: { range: [1, 10] },
      same: { range: [1, 10] },
    }),
  },
  'secrets, and nothing of the sandbox’s own': {
    input: { env: { API_KEY: 'sesame-öpen-1', OTHER: 'x'.repeat(300) } },
    js: `ctx.post('bot', { env: ctx.env, names: Object.keys(ctx.env) });`,
    py: `ctx.post('bot', {'env': ctx.env, 'names': list(ctx.env)})`,
    expected: says({ env: { API_KEY: 'sesame-öpen-1', OTHER: 'x'.repeat(300) }, names: ['API_KEY', 'OTHER'] }),
  },
  'changes of the channel': {
    js: `ctx.post('bot', { first: 1 }); ctx.updateChannel([{ type: 'rename', name: 'Épée' }, { type: 'kick', slot_id: 's1' }]); ctx.update_channel([{ type: 'close' }]);`,
    py: `ctx.post('bot', {'first': 1}); ctx.update_channel([{'type': 'rename', 'name': 'Épée'}, {'type': 'kick', 'slot_id': 's1'}]); ctx.updateChannel([{'type': 'close'}])`,
    expected: {
      outcome: 'ok',
      effects: [
        post(0, { first: 1 }),
        {
          type: 'update_channel',
          ops: [
            { type: 'rename', name: 'Épée' },
            { type: 'kick', slot_id: 's1' },
          ],
        },
        { type: 'update_channel', ops: [{ type: 'close' }] },
      ],
    },
  },
  'a change of the channel that is invalid': {
    js: `ctx.updateChannel({ type: 'close' });`,
    py: `ctx.update_channel({'type': 'close'})`,
    expected: fails('BAD_EFFECT', 'threw', 'ops is not a list of at most 50'),
  },
  'the time of the event, standing still': {
    js: `const ms = Date.now(); for (let i = 0; i < 1e5; i++); ctx.post('bot', { now: ctx.now, ms, still: Date.now() === ms, year: new Date().getFullYear(), iso: new Date(ctx.now).toISOString() });`,
    py: `import time, datetime
ms = time.time()
for i in range(10000): pass
utc = datetime.datetime.now(datetime.timezone.utc)
ctx.post('bot', {'now': ctx.now, 'ms': int(ms * 1000), 'still': time.time() == ms, 'year': utc.year, 'iso': utc.isoformat(timespec='milliseconds').replace('+00:00', 'Z')})`,
    expected: says({ now: INPUT.now, ms: Date.parse(INPUT.now), still: true, year: 2026, iso: INPUT.now }),
  },
  'chance from the run’s key': {
    js: `ctx.post('bot', { below: [6, 6, 1000, 2 ** 53, 1].map((k) => ctx.random(k)), units: [ctx.random(), Math.random()] });`,
    py: `import random\nctx.post('bot', {'below': [ctx.random(k) for k in [6, 6, 1000, 2 ** 53, 1]], 'units': [ctx.random(), random.random()]})`,
    expected: { ...says(DRAWN), drew: true },
  },
  'chance below nothing': {
    js: `ctx.random(0);`,
    py: `ctx.random(0)`,
    expected: { outcome: 'threw', error: expect.anything(), effects: [] },
  },
  logs: {
    js: `console.log('one', 2); console.log('three');`,
    py: `print('one', 2); print('three')`,
    expected: { outcome: 'ok', effects: [], logs: ['one 2', 'three'] },
  },
  'logs by way of ctx': {
    js: `ctx.log('one', 2); console.log('two'); ctx.log();`,
    py: `ctx.log('one', 2); print('two'); ctx.log()`,
    expected: { outcome: 'ok', effects: [], logs: ['one 2', 'two', ''] },
  },
  'logs that are too long': {
    limits: { logBytes: 10 },
    js: `console.log('abcdefghijklmnop'); console.log('x'); ctx.post('bot', { on: true });`,
    py: `print('abcdefghijklmnop'); print('x'); ctx.post('bot', {'on': True})`,
    expected: {
      ...says({ on: true }),
      logs: ['abcdefghi', '… 2 lines cut: a run keeps 5000 lines and so many bytes of logs'],
    },
  },

  'a message': {
    input: { call: { hook: 'on_message', msg: MESSAGE } },
    js: `ctx.post('bot', { args });`,
    py: `ctx.post('bot', {'args': args})`,
    expected: says({ args: [MESSAGE] }),
  },
  'what another bot says': {
    input: { call: { hook: 'on_event', msg: { ...MESSAGE, kind: 'control', sender: 'bot:bot_Other_1' } } },
    js: `ctx.post('bot', { args });`,
    py: `ctx.post('bot', {'args': args})`,
    expected: says({ args: [{ ...MESSAGE, kind: 'control', sender: 'bot:bot_Other_1' }] }),
  },
  'a private message, and an answer to somebody who is no player': {
    input: { call: { hook: 'on_private_message', player: 's9', msg: { ...MESSAGE, kind: 'private', sender: 's9' } } },
    js: `ctx.dm(args[0], 'private', { from: args[0], text: args[1].body.text });`,
    py: `ctx.dm(args[0], 'private', {'from': args[0], 'text': args[1]['body']['text']})`,
    expected: says({ from: 's9', text: 'hé 😀' }, { kind: 'private', to: 's9' }),
  },
  'somebody who joins': {
    input: { call: { hook: 'on_join', player: 's2' } },
    js: `ctx.post('bot', { args });`,
    py: `ctx.post('bot', {'args': args})`,
    expected: says({ args: ['s2'] }),
  },
  'a timer that is due': {
    input: { call: { hook: 'on_timer', name: 'turn:1' } },
    js: `ctx.post('bot', { args });`,
    py: `ctx.post('bot', {'args': args})`,
    expected: says({ args: ['turn:1'] }),
  },

  'more posts than there may be': {
    limits: { posts: 2 },
    js: `for (let i = 0; i < 3; i++) ctx.post('bot', { i });`,
    py: `for i in range(3): ctx.post('bot', {'i': i})`,
    expected: fails('POST_LIMIT'),
  },
  'a body that is too large': {
    limits: { bodyBytes: 100 },
    js: `ctx.post('bot', { a: 'é'.repeat(50) });`,
    py: `ctx.post('bot', {'a': 'é' * 50})`,
    expected: fails('BODY_TOO_LARGE'),
  },
  'a body that just fits': {
    limits: { bodyBytes: 108 },
    js: `ctx.post('bot', { a: 'é'.repeat(50) });`,
    py: `ctx.post('bot', {'a': 'é' * 50})`,
    expected: says({ a: 'é'.repeat(50) }),
  },
  'bodies that are too much together': {
    limits: { outputBytes: 100 },
    js: `for (let i = 0; i < 3; i++) ctx.post('bot', { a: 'x'.repeat(40) });`,
    py: `for i in range(3): ctx.post('bot', {'a': 'x' * 40})`,
    expected: fails('OUTPUT_LIMIT'),
  },
  'a state that is too large': {
    limits: { stateBytes: 100 },
    js: `ctx.setState({ a: 'x'.repeat(100) });`,
    py: `ctx.set_state({'a': 'x' * 100})`,
    expected: fails('STATE_TOO_LARGE'),
  },
  'a post to nobody': {
    js: `ctx.post('bot', {}, { to: 's7' });`,
    py: `ctx.post('bot', {}, to='s7')`,
    expected: fails('BAD_EFFECT', 'threw', 'to is not the seat of a player'),
  },
  'a post of no kind': {
    js: `ctx.post('', {});`,
    py: `ctx.post('', {})`,
    expected: fails('BAD_EFFECT'),
  },
  'a body that is no object': {
    js: `ctx.post('bot', [1]);`,
    py: `ctx.post('bot', [1])`,
    expected: fails('BAD_EFFECT'),
  },
  'a body that has no end': {
    js: `let a = {}; for (let i = 0; i < 40; i++) a = { a }; ctx.post('bot', a);`,
    py: `a = {}\nfor i in range(40): a = {'a': a}\nctx.post('bot', a)`,
    expected: fails('BAD_EFFECT'),
  },
  'a member with a name that is invalid': {
    js: `ctx.post('bot', { ['__proto__']: 1 });`,
    py: `ctx.post('bot', {'__proto__': 1})`,
    expected: fails('BAD_EFFECT'),
  },
  'more timers than there may be': {
    limits: { timers: 1 },
    js: `ctx.setTimer('a', 1); ctx.clearTimer('b');`,
    py: `ctx.set_timer('a', 1); ctx.clear_timer('b')`,
    expected: fails('BAD_EFFECT'),
  },
  'a round that is finished twice': {
    js: `ctx.finish({}); ctx.finish({});`,
    py: `ctx.finish({}); ctx.finish({})`,
    expected: fails('BAD_EFFECT', 'threw', 'a hook can finish the round once'),
  },
  'a reveal of what was never sealed': {
    js: `ctx.reveal(ctx.post('bot', {}));`,
    py: `ctx.reveal(ctx.post('bot', {}))`,
    expected: fails('BAD_EFFECT'),
  },
  'an error, told with its line, after posts that then do not count': {
    isAlone: true,
    js: `ctx.post('bot', { a: 1 }); ctx.setState({ n: 1 }); console.log('before');\n    throw new TypeError('no such move');`,
    py: `ctx.post('bot', {'a': 1}); ctx.set_state({'n': 1}); print('before')\nraise TypeError('no such move')`,
    expected: { ...fails('BOT_THREW', 'threw', 'TypeError: no such move (line 8)'), logs: ['before'] },
  },
  'an endless loop': {
    limits: { wallMs: 2_000, cpuMs: 500 },
    js: `for (;;);`,
    py: `while True: pass`,
    expected: fails('TIMEOUT', 'timed_out'),
  },
  'more memory than there is': {
    limits: { wallMs: 60_000, cpuMs: 60_000 },
    js: `const all = []; for (;;) all.push({ all: [all, all, all] });`,
    py: `all_ = []\nwhile True: all_.append(bytearray(1_000_000))`,
    expected: fails('MEMORY_LIMIT', 'killed'),
  },
  'recursion without end': {
    js: `(function f() { return 1 + f(); })();`,
    py: `def f(): return 1 + f()\nf()`,
    expected: fails('STACK_OVERFLOW', 'killed'),
  },

  'an import that is allowed to nobody': {
    isAlone: true,
    js: `await import('node:' + 'vm');`,
    expected: refusesModule('node:vm', ['bot-sdk', ...NPM_MODULES]),
  },
  'a Python import that is allowed to nobody': {
    isAlone: true,
    py: `import json, subprocess`,
    expected: refusesModule('subprocess', ['json']),
  },
  'a refused import that is caught': {
    isAlone: true,
    js: `try { await import('f' + 's'); } catch (e) { ctx.post('bot', { caught: true }); }`,
    expected: says({ caught: true }),
  },
  'its own kit': {
    top: `import { sha256, hmacSha256 } from 'bot-sdk';`,
    js: `ctx.post('bot', { a: sha256('abc'), b: hmacSha256('key', 'abc') });`,
    expected: says({ a: hashOf('abc'), b: hmacOf('key', 'abc') }),
  },
  'a hash': {
    top: 'import hashlib, hmac',
    py: `ctx.post('bot', {'a': hashlib.sha256(b'abc').hexdigest(), 'b': hmac.new(b'key', b'abc', 'sha256').hexdigest()})`,
    expected: says({ a: hashOf('abc'), b: hmacOf('key', 'abc') }),
  },

  'no network where no host is declared': {
    js: `await ctx.fetch('https://a.test/');`,
    py: `ctx.fetch('https://a.test/')`,
    expected: fails(
      'FETCH_BLOCKED',
      'threw',
      'the bot has no network here: name hosts in permissions.network of its manifest',
    ),
  },
  'no look at a certificate where no host is declared': {
    js: `await ctx.tls('a.test');`,
    py: `ctx.tls('a.test')`,
    expected: fails(
      'FETCH_BLOCKED',
      'threw',
      'the bot has no network here: name hosts in permissions.network of its manifest',
    ),
  },
  'a page': {
    web: {
      'https://a.test/p?q=1': {
        status: 404,
        headers: [
          ['x-a', 'é'],
          ['set-cookie', 'b=2'],
          ['set-cookie', 'c=3'],
        ],
        body: base64('{"a":[1,"é😀"]}'),
      },
    },
    asks: ['https://a.test/p?q=1'],
    js: `const page = await ctx.fetch('https://a.test/p?q=1');
      ctx.post('bot', { ok: page.ok, status: page.status, url: page.url, text: await page.text(), json: await page.json(), size: (await page.bytes()).length,
        header: page.headers.get('X-A'), cookies: page.headers.get('set-cookie'), none: page.headers.get('x-b'), receipt: page.receipt });`,
    py: `page = ctx.fetch('https://a.test/p?q=1')
ctx.post('bot', {'ok': page.ok, 'status': page.status, 'url': page.url, 'text': page.text, 'json': page.json(), 'size': len(page.content),
  'header': page.headers.get('X-A'), 'cookies': page.headers.get('set-cookie'), 'none': page.headers.get('x-b'), 'receipt': page.receipt})`,
    expected: says({
      ok: false,
      status: 404,
      url: 'https://a.test/p?q=1',
      text: '{"a":[1,"é😀"]}',
      json: { a: [1, 'é😀'] },
      size: 18,
      header: 'é',
      cookies: 'b=2, c=3',
      none: null,
      receipt: receiptOf('https://a.test/p?q=1'),
    }),
  },
  'pages one after another': {
    web: { 'https://a.test/': { body: base64('A') }, 'https://b.test/': { body: base64('B') } },
    asks: ['https://a.test/', 'https://b.test/'],
    js: `ctx.post('bot', { text: (await (await fetch('https://a.test/')).text()) + (await (await fetch('https://b.test/')).text()) });`,
    py: `ctx.post('bot', {'text': ctx.fetch('https://a.test/').text + ctx.fetch('https://b.test/').text})`,
    expected: says({ text: 'AB' }),
  },
  'pages asked for at once, which come in the order they were asked for': {
    web: {
      'https://a.test/': { body: base64('A') },
      'https://b.test/': { body: base64('B') },
      'https://c.test/': { body: base64('C') },
    },
    asks: ['https://a.test/', 'https://b.test/', 'https://c.test/'],
    js: `const order = [];
      const texts = await Promise.all(['a', 'b', 'c'].map(async (name) => { const text = await (await fetch('https://' + name + '.test/')).text(); order.push(name); return text; }));
      ctx.post('bot', { texts, order });`,
    expected: says({ texts: ['A', 'B', 'C'], order: ['a', 'b', 'c'] }),
  },
  'a race between pages, which the first that was asked wins': {
    web: { 'https://a.test/': { body: base64('A') }, 'https://b.test/': { body: base64('B') } },
    asks: ['https://a.test/', 'https://b.test/'],
    js: `const page = await Promise.race([fetch('https://a.test/'), fetch('https://b.test/')]); ctx.post('bot', { text: await page.text() });`,
    expected: says({ text: 'A' }),
  },
  'a failure among pages asked for at once': {
    web: { 'https://a.test/': { body: base64('A') }, 'https://c.test/': { body: base64('C') } },
    asks: ['https://a.test/', 'https://b.test/', 'https://c.test/'],
    js: `const all = await Promise.allSettled(['a', 'b', 'c'].map((name) => fetch('https://' + name + '.test/')));
      ctx.post('bot', { all: all.map(({ status, reason }) => [status, reason?.code ?? null]) });`,
    expected: says({
      all: [
        ['fulfilled', null],
        ['rejected', 'UNREACHABLE'],
        ['fulfilled', null],
      ],
    }),
  },
  'a failure that is caught': {
    web: {},
    asks: ['https://a.test/'],
    js: `try { await fetch('https://a.test/'); } catch (e) { ctx.post('bot', { code: e.code, text: e.message }); }`,
    py: `try:\n    ctx.fetch('https://a.test/')\nexcept Exception as e:\n    ctx.post('bot', {'code': e.code, 'text': str(e)})`,
    expected: says({ code: 'UNREACHABLE', text: 'nobody is at https://a.test/' }),
  },
  'a failure that is not': {
    web: { 'https://a.test/': { kind: 'failed', code: 'FETCH_BLOCKED', detail: 'not a declared host' } },
    asks: ['https://a.test/'],
    js: `await fetch('https://a.test/');`,
    py: `ctx.fetch('https://a.test/')`,
    expected: fails('FETCH_BLOCKED', 'threw', 'not a declared host'),
  },
  'what is sent': {
    web: { 'https://a.test/': {} },
    asks: ['https://a.test/'],
    js: `await fetch('https://a.test/', { method: 'post', headers: { 'X-Mine': 'é' }, body: 'hé' }); ctx.post('bot', {});`,
    py: `ctx.fetch('https://a.test/', method='post', headers={'X-Mine': 'é'}, body='hé'); ctx.post('bot', {})`,
    expected: says({}),
  },
  'more requests than there may be': {
    limits: { fetches: 1 },
    web: { 'https://a.test/': {}, 'https://b.test/': {} },
    asks: ['https://a.test/'],
    js: `await fetch('https://a.test/'); await fetch('https://b.test/');`,
    py: `ctx.fetch('https://a.test/'); ctx.fetch('https://b.test/')`,
    expected: fails('FETCH_LIMIT'),
  },
  'a page that never comes': {
    limits: { wallMs: 1_000 },
    web: { 'https://a.test/': 'silence' },
    asks: ['https://a.test/'],
    js: `ctx.post('bot', {}); await fetch('https://a.test/');`,
    py: `ctx.post('bot', {}); ctx.fetch('https://a.test/')`,
    expected: fails('TIMEOUT', 'timed_out'),
  },
  'a certificate': {
    web: { 'a.test': { kind: 'seen', sight: SIGHT } },
    asks: ['a.test'],
    js: `ctx.post('bot', await ctx.tls('a.test', 8443));`,
    py: `ctx.post('bot', ctx.tls('a.test', 8443))`,
    expected: says({ ...SIGHT }),
  },
};
