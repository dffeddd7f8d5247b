import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Chance } from '../../bot-sdk/chance.js';
import type { Effect, HookMessage, Json } from '../../bot-sdk/contract.js';
import type { WebAnswer, WebRequest } from '../../bot-sdk/web.js';
import { BYPASSES } from './python-bypasses.js';
import { describeWithPython, INPUT, PythonHarness, python } from './python-harness.js';
import { BITCOIN_BOT, ECHO_BOT, PRICE_BOT } from './python-seed-bots.js';

const message = (text: string): HookMessage => ({
  id: 3,
  channel_id: 'chn_1',
  sender: 's1',
  kind: 'user',
  body: { text },
  ts: INPUT.now,
});
const bodies = (effects: Effect[]) => effects.map((effect) => (effect.type === 'post' ? effect.body : effect));
const page = (value: Json, headers: [string, string][] = []) => {
  return (request: WebRequest): WebAnswer => {
    const url = request.kind === 'fetch' ? request.url : '';
    const tls = { peer_cert_sha256: '00' };
    const receipt = { url, method: 'GET', status: 200, fetched_at: INPUT.now, body_sha256: '00', tls };
    const body = Buffer.from(JSON.stringify(value)).toString('base64');
    return {
      kind: 'fetched',
      url,
      status: 200,
      headers: [['content-type', 'application/json'], ...headers],
      body,
      receipt,
    };
  };
};

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('The bots that were there before', () => {
    test('Echo says it is ready and echoes', async () => {
      expect(await harness.bind(ECHO_BOT, { className: 'EchoBot', modules: [] })).toBeUndefined();

      const ready = await harness.hook();
      const echoed = await harness.hook({ call: { hook: 'on_message', msg: message('hello') } });

      expect(ready.effects).toEqual([
        { type: 'post', kind: 'bot', label: 'system', body: { text: 'Echo ready' }, state_version: 0, handle: '7:0' },
      ]);
      expect(bodies(echoed.effects)).toEqual([{ echo: { text: 'hello' } }]);
    });

    test('the price bot asks with requests', async () => {
      harness.answer = page({ data: { amount: '114609.375' } });
      await harness.bind(PRICE_BOT, { className: 'BitcoinPriceBot', modules: ['requests'] });

      const ready = await harness.hook();
      const priced = await harness.hook({ call: { hook: 'on_message', msg: message('Price?') } });

      expect(bodies(ready.effects)).toEqual([{ text: '🤖 Bitcoin Price Bot ready! Type "price" to check BTC.' }]);
      expect(bodies(priced.effects)).toEqual([{ text: '💰 Current BTC: $114609.375 USD' }]);
      expect(harness.requests.at(-1)).toMatchObject({
        kind: 'fetch',
        url: 'https://api.coinbase.com/v2/prices/BTC-USD/spot',
        method: 'GET',
      });
    });

    test('the dice bot has a ctx without asking for it, and rolls the run’s chance', async () => {
      harness.answer = page({ data: { rates: { USD: '5' } } });
      await harness.bind(BITCOIN_BOT, { className: 'BitcoinBot' });

      const ready = await harness.hook();
      const rolled = await harness.hook({ call: { hook: 'on_message', msg: message('roll') } });

      expect(bodies(ready.effects)).toEqual([{ type: 'ready', message: 'BTC price: $5' }]);
      expect(bodies(rolled.effects)).toEqual([{ roll: new Chance(INPUT.key).below(6) + 1 }]);
    });
  });

  describe('Chance', () => {
    const vectors = JSON.parse(readFileSync(join('bot-sdk', 'chance.vectors.json'), 'utf8'));

    test.each<{ key: string; bytes_100: string; below: [number, number[]][]; unit: number[] }>(vectors)(
      'is the stream of key $key',
      ({ key, bytes_100, below, unit }) => {
        const drawn = python(
          'import json; from chance import Chance; key, cases = sys.argv[1], json.loads(sys.argv[2])\n' +
            'parts = Chance(key)\n' +
            'def eight(draw): return [draw() for _ in range(8)]\n' +
            'def below(k): chance = Chance(key); return eight(lambda: chance.below(k))\n' +
            'print(json.dumps({"bytes": "".join(parts.bytes(n).hex() for n in (1, 31, 33, 0, 35)), ' +
            '"below": [[k, below(k)] for k in cases], "unit": eight(Chance(key).unit)}))',
          key,
          JSON.stringify(below.map(([k]) => k)),
        );

        expect(drawn).toEqual({ bytes: bytes_100, below, unit });
      },
    );

    test.each<[string, (chance: Chance) => unknown]>([
      ['ctx.random(52)', (chance) => chance.below(52)],
      ['ctx.random()', (chance) => chance.unit()],
      ['random.random()', (chance) => chance.unit()],
      ['random.Random().random()', (chance) => chance.unit()],
      ['random.SystemRandom().randrange(9)', (chance) => chance.below(9)],
      ['random.choice("abcdef")', (chance) => 'abcdef'[chance.below(6)]],
      ['random.randbytes(5).hex()', (chance) => Buffer.from(chance.bytes(5)).toString('hex')],
      ['secrets.randbelow(100)', (chance) => chance.below(100)],
      ['secrets.token_hex(8)', (chance) => Buffer.from(chance.bytes(8)).toString('hex')],
      ['ssl.RAND_bytes(4).hex()', (chance) => Buffer.from(chance.bytes(4)).toString('hex')],
    ])('is what %s draws from', async (expression, drawn) => {
      const { it } = await harness.init(`import random, secrets, ssl\nit = ${expression}`);

      expect(it).toEqual(drawn(new Chance(INPUT.key)));
    });

    test('is ordinary Python’s where a bot gives a seed of its own', async () => {
      const { it } = await harness.init(
        'import random\nr = random.Random(5)\nrandom.seed(5)\nit = [r.random(), random.random()]',
      );

      expect(it).toEqual([0.6229016948897019, 0.6229016948897019]);
    });
  });

  describe('Time', () => {
    test.each([
      ['time.time()', 1_795_176_000.123],
      ['time.time_ns() // 1000000', 1_795_176_000_123],
      ['time.strftime("%Y-%m-%d %H:%M")', '2026-11-20 12:00'],
      ['time.gmtime().tm_hour', 12],
      ['time.monotonic() + time.perf_counter() + time.process_time()', 0],
      ['str(datetime.datetime.now())', '2026-11-20 12:00:00.123000'],
      ['str(datetime.datetime.utcnow())', '2026-11-20 12:00:00.123000'],
      ['datetime.datetime.now(datetime.timezone.utc).isoformat()', '2026-11-20T12:00:00.123000+00:00'],
      ['str(datetime.datetime.today())', '2026-11-20 12:00:00.123000'],
      ['str(datetime.date.today())', '2026-11-20'],
      ['str(datetime.datetime.strptime("2020-02", "%Y-%m"))', '2020-02-01 00:00:00'],
      ['ctx.now', '2026-11-20T12:00:00.123Z'],
    ])('of %s is the event’s', async (expression, expected) => {
      const { it, error } = await harness.init(`import time, datetime\nit = ${expression}`);

      expect(error ?? it).toEqual(expected);
    });
  });

  test('Two sandboxes give the same bytes for the same input', async () => {
    const source =
      'import email.utils, random, secrets, time\n' +
      'class Thing: pass\n' +
      'class Bot:\n    def on_init(self):\n' +
      '        words = {"alpha", "beta", "gamma", "delta", "epsilon"}\n' +
      '        things = [Thing() for _ in range(20)]\n' +
      '        self.ctx.post("bot", {"words": list(words), "hash": hash("a") % 1000, "ids": [id(t) for t in things],\n' +
      '            "id": email.utils.make_msgid(), "token": secrets.token_urlsafe(9), "order": random.sample(range(50), 5)})\n' +
      '        print(random.random(), time.time())\n';
    const run = async () => {
      await using fresh = await PythonHarness.start();
      await fresh.bind(source);
      return JSON.stringify({ ...(await fresh.hook()), told: undefined, ms: 0 });
    };

    const first = await run();

    expect(await run()).toBe(first);
    expect(first).toContain('"outcome":"ok"');
  });

  describe('What a bot asks for', () => {
    test('comes out as the ledger of the server would have it', async () => {
      await harness.bind(
        'class Bot:\n    def on_init(self):\n        ctx = self.ctx\n' +
          '        assert ctx.get_state() == {} and ctx.state_version == 0\n' +
          '        ctx.set_state({"n": 1.0, "list": (1, 2.5, None), 3: "x"})\n' +
          '        said = ctx.dm("s1", "status", "hi")\n' +
          '        assert said == {"msg_id": "7:0", "handle": "7:0", "ts": ctx.now}\n' +
          '        ctx.reveal(ctx.post("control", {"secret": 1e22}, sealed=True))\n' +
          '        ctx.set_timer("turn", 0.2); ctx.clearTimer("turn")\n' +
          '        ctx.update_channel([{"op": "x"}]); ctx.finish()\n' +
          '        state = ctx.get_state(); state["n"] = 5; assert ctx.getState()["n"] == 1\n' +
          '        ctx.setState(state, expected_version=1)\n' +
          '        print("done", ctx.state_version); print("no newline", end="")\n',
      );

      const { told, is_clean, ...ran } = await harness.hook();

      expect(ran.effects).toEqual([
        {
          type: 'post',
          kind: 'private',
          label: 'status',
          body: { text: 'hi' },
          to: 's1',
          state_version: 1,
          handle: '7:0',
        },
        { type: 'post', kind: 'control', body: { secret: 1e22 }, sealed: true, state_version: 1, handle: '7:1' },
        { type: 'reveal', target: '7:1' },
        { type: 'timer_set', name: 'turn', seconds: 1 },
        { type: 'timer_clear', name: 'turn' },
        { type: 'update_channel', ops: [{ op: 'x' }] },
        { type: 'finish', result: {} },
      ]);
      expect(ran.state).toEqual({ value: { n: 5, list: [1, 2.5, null], 3: 'x' }, version: 2 });
      expect(ran.logs).toEqual(['done 2', 'no newline']);
      expect({ ...(told as object), ms: ran.ms }).toEqual(ran);
      expect(is_clean).toBe(true);
    });

    test.each([
      ['POST_LIMIT', 'for i in range(51): ctx.post("bot", "x")'],
      ['BODY_TOO_LARGE', 'ctx.post("bot", "x" * 70000)'],
      ['OUTPUT_LIMIT', 'for i in range(9): ctx.post("bot", "x" * 65000)'],
      ['STATE_TOO_LARGE', 'ctx.set_state("x" * 1100000)'],
      ['STALE_STATE', 'ctx.set_state({}, 4)'],
      ['BAD_EFFECT', 'ctx.post("bot", {"a": float("nan")})'],
      ['BAD_EFFECT', 'ctx.post("bot", {"a": {1, 2}})'],
      ['BAD_EFFECT', 'ctx.post("bot", {"a": 2 ** 60})'],
      ['BAD_EFFECT', 'ctx.post("bot", {"__proto__": 1})'],
      ['BAD_EFFECT', 'ctx.post("bot", "\\ud800")'],
      ['BAD_EFFECT', 'a = []\nfor i in range(50000): a = [a]\nctx.post("bot", {"a": a})'],
      ['BAD_EFFECT', 'ctx.dm("s9", "x", "y")'],
      ['BAD_EFFECT', 'ctx.set_timer("a b", 3)'],
      ['BAD_EFFECT', 'ctx.reveal("7:0")'],
    ])('is refused with %s: %s', async (code, body) => {
      const uncaught = await harness.init(`it = 1\n${body}`);
      const caught = await harness.init(
        `try:\n    ${body.replaceAll('\n', '\n    ')}\nexcept Exception as e:\n    print(e.code)\nit = 1`,
      );

      expect(uncaught.error).toMatchObject({ code });
      expect(caught.logs).toEqual([code]);
    });
  });

  describe('A hook that fails', () => {
    test.each<[string, string, object]>([
      ['an endless loop', 'while True: pass', { code: 'TIMEOUT' }],
      ['a regex bomb', 'import re\nre.match("(a+)+$", "a" * 40 + "b")', { code: 'TIMEOUT' }],
      ['sleeping', 'import time\ntime.sleep(9)', { code: 'TIMEOUT' }],
      ['many allocations', 'it = []\nwhile True: it.append(bytearray(1000000))', { code: 'MEMORY_LIMIT' }],
      ['one allocation', 'it = "a" * 10**10', { code: 'MEMORY_LIMIT' }],
      ['recursion', 'def f(): f()\nf()', { code: 'STACK_OVERFLOW' }],
      ['leaving', 'raise SystemExit(3)', { code: 'BOT_THREW', detail: 'SystemExit: 3 (line 6)' }],
      ['an error', 'a = {}\nit = a["b"]', { code: 'BOT_THREW', detail: "KeyError: 'b' (line 7)" }],
      [
        'an error nobody can tell',
        'class E(Exception):\n    def __str__(self): raise E()\nraise E()',
        { detail: 'E (line 8)' },
      ],
      ['no Python', 'it = (', { code: 'BOT_THREW', detail: "SyntaxError: '(' was never closed (line 6)" }],
    ])('by %s says so and costs only itself', async (_, body, error) => {
      const failed = await harness.init(body, {
        limits: { wallMs: 1_000, cpuMs: 500 },
      });
      const next = await harness.init('it = 1');

      expect(failed.error).toMatchObject(error);
      expect(next).toMatchObject({ it: 1 });
    });

    test('leaves what it printed before it was stopped', async () => {
      const { logs, error } = await harness.init('print("before")\nwhile True: pass', { limits: { wallMs: 300 } });

      expect(error?.code).toBe('TIMEOUT');
      expect(logs).toEqual(['before']);
    });

    test('by waiting for nothing is told, and what is async is awaited', async () => {
      await harness.bind(
        'class Never:\n    def __await__(self): yield\n' +
          'class Bot:\n    async def on_init(self): self.ctx.post("bot", {"it": await self.two()})\n' +
          '    async def two(self): return 2\n    async def onJoin(self, player): await Never()\n',
      );

      const awaited = await harness.hook();
      const stuck = await harness.hook({ call: { hook: 'on_join', player: 's1' } });

      expect(bodies(awaited.effects)).toEqual([{ it: 2 }]);
      expect(stuck.error).toMatchObject({ code: 'BOT_THREW', detail: expect.stringContaining('nothing will settle') });
    });
  });

  describe('Imports', () => {
    test('that are not declared are refused by name before anything runs', async () => {
      const error = await harness.bind('import json\nclass Bot:\n    def on_init(self):\n        import os.path\n', {
        modules: ['json'],
      });

      expect(error).toEqual({
        code: 'MODULE_NOT_ALLOWED',
        detail: 'there is no module os.path',
        module: 'os.path',
        allowed: ['json'],
      });
    });

    test('inside a declared module are refused when they run', async () => {
      const { error } = await harness.init('import http.server\nit = 1');

      expect(error).toMatchObject({ code: 'MODULE_NOT_ALLOWED', module: 'http.server' });
      expect(error?.allowed).toContain('http');
    });
  });

  describe('Out of the contract leads no way', () => {
    test.each(BYPASSES)('by %s', async (_, body) => {
      const { error, it } = await harness.init(body);

      expect(it).toBeUndefined();
      expect(['BOT_THREW', 'MODULE_NOT_ALLOWED', 'FETCH_BLOCKED']).toContain(error?.code);
      expect(error?.detail).not.toMatch(/^(NameError(?!: name 'eval')|IndentationError|UnboundLocalError)/);
    });
  });

  describe('Ordinary Python works', () => {
    test.each<[string, string, unknown]>([
      ['loops and unpacking', 'a, *b = [i for i in range(5) if i]\nit = 0\nfor _ in b: it += a', 3],
      [
        'builtins',
        'it = [min(3, 1), max(3, 1), sum([1, 2]), any([0]), sorted({2, 1}), list(zip("a", "b"))]',
        [1, 3, 3, false, [1, 2], [['a', 'b']]],
      ],
      ['private attributes', 'self._a = 1\nself._a += 2\nself.__b = 4\nself.__b += 1\nit = self._a + self.__b', 8],
      [
        'inheritance',
        'class A:\n    def __init__(self): self._n = 2\n    def _get(self): return self._n\nclass B(A):\n    def __init__(self): super().__init__()\n    def get(self): return super()._get()\nit = B().get()',
        2,
      ],
      [
        'types',
        'it = [type(self).__name__, isinstance(int, type), isinstance(1, type), type(1) is int, __name__]',
        ['Bot', true, false, true, 'bot'],
      ],
      ['formats', 'it = "{:>5.2f}|{a[0]}|{b.real}".format(1.5, a=[1], b=2)', ' 1.50|1|2'],
      ['patterns', 'match {"a": [1, 2]}:\n    case {"a": [int(x), *_]}: it = x', 1],
      [
        'named tuples',
        'from collections import namedtuple\nP = namedtuple("P", "a b")\nit = P(1, 2)._replace(a=3)._asdict()',
        { a: 3, b: 2 },
      ],
      [
        'typed tuples',
        'from typing import NamedTuple\nclass P(NamedTuple):\n    a: int\n    b: int = 2\nit = P(1)',
        [1, 2],
      ],
      [
        'decorators',
        'import functools\ndef twice(f):\n    @functools.wraps(f)\n    def g(*a): return 2 * f(*a)\n    return g\n@twice\ndef one(): return 1\nit = [one(), one.__name__]',
        [2, 'one'],
      ],
      [
        'caches',
        'import functools\n@functools.lru_cache\ndef f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nit = f(60)',
        1548008755920,
      ],
      [
        'groups of exceptions',
        'try:\n    raise ExceptionGroup("a", [ValueError("v")])\nexcept* ValueError as e:\n    it = str(e.exceptions[0])',
        'v',
      ],
      [
        'tracebacks',
        'import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    it = traceback.format_exc().split("\\n")[1:3]',
        ['  File "bot.py", line 8, in on_init', '    1 / 0'],
      ],
      [
        'the workspace',
        'with open(ctx.workspace + "/a.txt", "w") as f: f.write("hé")\nit = open("a.txt").read()',
        'hé',
      ],
      ['streams', 'import io\nit = io.StringIO("a\\nb").readlines()', ['a\n', 'b']],
      [
        'dates',
        'from datetime import datetime, timedelta\nit = (datetime(2024, 2, 28) + timedelta(days=1)).strftime("%d.%m.%Y")',
        '29.02.2024',
      ],
      ['mail', 'from email.mime.text import MIMEText\nit = MIMEText("hello").get_payload()', 'hello'],
      [
        'hashes',
        'import hashlib, hmac\nit = [hashlib.sha256(b"").hexdigest()[:8], hmac.new(b"k", b"m", "sha256").hexdigest()[:8]]',
        ['e3b0c442', createHmac('sha256', 'k').update('m').digest('hex').slice(0, 8)],
      ],
      ['rare encodings', 'it = b"\\x80".decode("cp1252")', '€'],
      ['weak references', 'import weakref\nclass A: pass\na = A()\nit = weakref.ref(a)() is a', true],
      [
        'warnings',
        'import warnings\nwith warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter("always")\n    warnings.warn("x")\nit = len(seen)',
        1,
      ],
      [
        'attributes by name',
        'class A: pass\na = A()\nsetattr(a, "b", 1)\nit = [hasattr(a, "b"), hasattr(a, "c"), getattr(a, "c", 3), getattr(a, "b")]\ndelattr(a, "b")\nit.append(hasattr(a, "b"))',
        [true, false, 3, 1, false],
      ],
      ['copies', 'import copy\na = {"b": [1]}\nb = copy.deepcopy(a)\nb["b"].append(2)\nit = a', { b: [1] }],
      [
        'sys',
        'import sys\nprint("to stderr", file=sys.stderr)\nit = [sys.version_info[0], sys.maxsize > 2**32]',
        [3, true],
      ],
    ])('%s', async (_, body, expected) => {
      const { it, error } = await harness.init(body);

      expect(error ?? it).toEqual(expected);
    });
  });

  describe('The web', () => {
    test('is asked by requests, urllib and ctx, in order and through the server', async () => {
      harness.answer = page({ a: 1 }, [['set-cookie', 'k=v']]);
      harness.requests.length = 0;

      const { it, error } = await harness.init(
        'import requests, urllib.request\nfrom requests.adapters import HTTPAdapter\nfrom urllib3.util.retry import Retry\n' +
          's = requests.Session()\ns.mount("https://", HTTPAdapter(max_retries=Retry(total=3)))\n' +
          'one = s.post("https://a.test/p", params={"q": 1}, json={"x": 1}, headers={"X-Mine": "y"}, timeout=3)\n' +
          'with urllib.request.urlopen("https://b.test/") as page: two = page.read().decode()\n' +
          'three = ctx.fetch("https://c.test", body="hi", method="put")\n' +
          'it = [one.json(), one.ok, one.elapsed.total_seconds(), one.receipt["url"], dict(s.cookies), two, three.json(), three.receipt["url"]]',
      );

      expect(error ?? it).toEqual([
        { a: 1 },
        true,
        0,
        'https://a.test/p?q=1',
        { k: 'v' },
        '{"a":1}',
        { a: 1 },
        'https://c.test',
      ]);
      expect(harness.requests).toMatchObject([
        {
          url: 'https://a.test/p?q=1',
          method: 'POST',
          headers: { 'x-mine': 'y', 'content-type': 'application/json' },
          body: Buffer.from('{"x": 1}').toString('base64'),
        },
        { url: 'https://b.test/', method: 'GET' },
        { url: 'https://c.test', method: 'PUT', body: Buffer.from('hi').toString('base64') },
      ]);
    });

    test.each([
      [
        'requests',
        'import requests\ns = requests.Session()\none = s.get("https://a.test/x/y")\nown = one.cookies\njar = s.cookies\nask = s.get',
      ],
      [
        'urllib',
        'import urllib.request, http.cookiejar\njar = own = http.cookiejar.CookieJar()\n' +
          'ask = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open\nask("https://a.test/x/y").read()',
      ],
    ])('cookies of %s are of the host that answered, whatever host was asked', async (_, body) => {
      const kept = page(1, [
        ['set-cookie', 'k=v'],
        ['set-cookie', 'alien=1; Domain=a.test'],
        ['set-cookie', 'deep=2; Path=/deep'],
      ]);
      const led: Record<string, string> = { 'https://a.test/x/y': 'https://b.test/deep/er' };
      harness.answer = (request) => {
        const url = request.kind === 'fetch' ? (led[request.url] ?? request.url) : '';
        return url.startsWith('https://b.test/deep') ? { ...kept(request), url } : { ...page(1)(request), url };
      };
      harness.requests.length = 0;

      const { it, error } = await harness.init(
        `${body}\nfor url in ("https://a.test/z", "https://b.test/", "https://b.test/deep/x", "https://a.test/x/z"): ask(url)\n` +
          'it = [sorted([c.name, c.domain, c.path] for c in jar), sorted(c.name for c in own)]',
      );

      expect(error ?? it).toEqual([
        [
          ['deep', 'b.test', '/deep'],
          ['k', 'b.test', '/deep'],
        ],
        ['deep', 'k'],
      ]);
      const sent = harness.requests.map((request) => request.kind === 'fetch' && request.headers.cookie);
      expect(sent).toEqual([
        undefined,
        undefined,
        undefined,
        expect.stringMatching(/^(k=v; deep=2|deep=2; k=v)$/),
        undefined,
      ]);
    });

    test.each([
      ['requests', 'import requests\nit = requests.get("https://a.test").text'],
      ['urllib', 'import urllib.request\nit = urllib.request.urlopen("https://a.test").read()'],
      ['ctx.fetch', 'it = ctx.fetch("https://a.test").text'],
      ['ctx.tls', 'it = ctx.tls("a.test")'],
    ])('that cannot be reached fails the run of %s with the broker’s code', async (_, body) => {
      harness.answer = () => ({ kind: 'failed', code: 'UNREACHABLE', detail: 'nobody there' });

      const { error } = await harness.init(body);

      expect(error).toMatchObject({ code: 'UNREACHABLE', detail: expect.stringContaining('nobody there') });
    });

    test('without TLS is not asked at all, and a bot may catch that', async () => {
      harness.requests.length = 0;

      const { it } = await harness.init(
        'import requests\ntry:\n    requests.get("http://a.test")\nexcept requests.exceptions.RequestException as e:\n    it = e.code',
      );

      expect(it).toBe('FETCH_BLOCKED');
      expect(harness.requests).toEqual([]);
    });

    test('is asked so often and no more', async () => {
      harness.answer = page({});

      const { error } = await harness.init('for i in range(11): ctx.fetch("https://a.test")\nit = 1');

      expect(error).toMatchObject({ code: 'FETCH_LIMIT' });
    });
  });

  describe('A tunnel', () => {
    const TALK =
      'import socket\nclass Bot:\n    def on_init(self):\n        s = socket.create_connection(("echo.test", 443))\n' +
      '        s.sendall(b"hello")\n        got = s.recv(100)\n        s.close()\n        self.ctx.post("bot", {"it": got.decode()})\n';

    test('carries a socket’s bytes to the server and back, and is refused in words', async () => {
      await using networked = await PythonHarness.start();
      await networked.bind(TALK, { network: true });

      networked.echo = (bytes) => Buffer.from(bytes.toString().toUpperCase());
      const carried = await networked.hook();
      networked.echo = undefined;
      const refused = await networked.hook();

      expect(bodies(carried.effects)).toEqual([{ it: 'HELLO' }]);
      expect(refused.error).toEqual({ code: 'FETCH_BLOCKED', detail: 'echo.test is not declared' });
    });

    test('is not there for a bot without network', async () => {
      await harness.bind(TALK);

      expect((await harness.hook()).error).toMatchObject({ code: 'FETCH_BLOCKED' });
    });
  });

  describe('After a hook', () => {
    test('the last guard goes by nothing that could be changed: no global, no builtin, nothing mutable', () => {
      const found = python(
        `import dis, json, guard_audit
watch = guard_audit._watcher('/workspace', '/encodings', '/bundle')
looked_up = sorted({line.argval for line in dis.get_instructions(watch) if line.opname in ('LOAD_GLOBAL', 'LOAD_NAME')})
mutable = [name for name, cell in zip(watch.__code__.co_freevars, watch.__closure__) if isinstance(cell.cell_contents, (list, dict, set))]
print(json.dumps([looked_up, mutable]))`,
      );

      expect(found).toEqual([[], []]);
    });

    test('the kernel refuses a hook’s process all that would outlive it, with no guard of the language left', () => {
      const found = python(
        `import ctypes, json, kernel, mmap, os, resource, signal, socket
confine = kernel.confinement()
confine()
def tried(act):
    try: return str(act() or 'done')
    except OSError as error: return error.errno
acts = [os.fork, lambda: os.execv('/bin/true', ['true']), lambda: os.kill(os.getppid(), 0), lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9, 9)),
    lambda: os.sched_setaffinity(os.getppid(), {0}), lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19), lambda: os.symlink('/proc', '/tmp/parley-link'), lambda: os.memfd_create('x'),
    lambda: socket.socket(socket.AF_UNIX), lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW), lambda: socket.socket().bind(('127.0.0.1', 0)), os.setsid]
print(json.dumps([tried(act) for act in acts]))`,
      );

      expect(found).toEqual(Array(12).fill(1));
    });

    test('the workspace is empty and nothing of the last hook is known', async () => {
      await harness.bind(
        'import json\nseen = []\nclass Bot:\n    def on_init(self):\n        seen.append(1); json.mine = 1; f = open("kept.txt", "a+"); f.seek(0)\n' +
          '        self.ctx.post("bot", {"seen": len(seen), "file": f.read()}); f.write("x"); f.flush()\n',
      );

      const first = await harness.hook();
      const second = await harness.hook();

      expect(first.is_clean && second.is_clean).toBe(true);
      expect(bodies(second.effects)).toEqual([{ seen: 1, file: '' }]);
    });

    test('a process that outlived it is ended and told of, and links in the workspace lead nowhere', () => {
      const found = python(
        `import json, os, tempfile, time, kernel
from leftovers import end_strangers, wipe
outside, workspace = tempfile.mkdtemp(), tempfile.mkdtemp()
open(outside + '/kept', 'w').close()
os.symlink(outside, workspace + '/link'); os.mkfifo(workspace + '/fifo')
os.makedirs(workspace + '/a/b'); os.chmod(workspace + '/a', 0)
def sleeper():
    pid = os.fork()
    if pid == 0: time.sleep(60)
    return pid
if os.fork() == 0:
    sleeper()
    os._exit(0)
zygotes = [sleeper()]
found = [end_strangers(zygotes[0])]
zygotes.append(sleeper())
found += [end_strangers(zygotes[1]), os.waitpid(zygotes[1], os.WNOHANG)[0], end_strangers(None)]
print(json.dumps([*found, wipe(workspace), os.listdir(workspace), os.listdir(outside)]))`,
      );

      expect(found).toEqual([true, false, 0, true, true, [], ['kept']]);
    });
  });
});
