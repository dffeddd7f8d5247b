import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bodies, describeWithPython, PythonHarness, page } from './python-harness.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('Network access', () => {
    test('works with requests, urllib and ctx, in order and through the server', async () => {
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
    ])('keeps cookies of %s for the host that answered, not for the requested one', async (_, body) => {
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
    ])('makes the run of %s fail with the code of the broker if a host is unreachable', async (_, body) => {
      harness.answer = () => ({ kind: 'failed', code: 'UNREACHABLE', detail: 'nobody there' });

      const { error } = await harness.init(body);

      expect(error).toMatchObject({ code: 'UNREACHABLE', detail: expect.stringContaining('nobody there') });
    });

    test('refuses plain http before any request, and a bot may catch that error', async () => {
      harness.requests.length = 0;

      const { it } = await harness.init(
        'import requests\ntry:\n    requests.get("http://a.test")\nexcept requests.exceptions.RequestException as e:\n    it = e.code',
      );

      expect(it).toBe('FETCH_BLOCKED');
      expect(harness.requests).toEqual([]);
    });

    test('has a maximum of requests', async () => {
      harness.answer = page({});

      const { error } = await harness.init('for i in range(11): ctx.fetch("https://a.test")\nit = 1');

      expect(error).toMatchObject({ code: 'FETCH_LIMIT' });
    });
  });

  describe('A tunnel', () => {
    const TALK =
      'import socket\nclass Bot:\n    def on_init(self):\n        s = socket.create_connection(("echo.test", 443))\n' +
      '        s.sendall(b"hello")\n        got = s.recv(100)\n        s.close()\n        self.ctx.post("bot", {"it": got.decode()})\n';

    test('carries the bytes of a socket to the server and back, or is refused with a reason', async () => {
      await using networked = await PythonHarness.start();
      await networked.bind(TALK, { network: true });

      networked.echo = (bytes) => Buffer.from(bytes.toString().toUpperCase());
      const carried = await networked.hook();
      networked.echo = undefined;
      const refused = await networked.hook();

      expect(bodies(carried.effects)).toEqual([{ it: 'HELLO' }]);
      expect(refused.error).toEqual({ code: 'FETCH_BLOCKED', detail: 'echo.test is not declared' });
    });

    test('is not available for a bot without network', async () => {
      await harness.bind(TALK);

      expect((await harness.hook()).error).toMatchObject({ code: 'FETCH_BLOCKED' });
    });
  });
});
