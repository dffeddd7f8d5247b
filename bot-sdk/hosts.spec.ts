// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are sources of bots
import { describe, expect, test } from '@jest/globals';
import { prepare } from './bundle.js';

const inJavaScript = (body: string, top = '') =>
  prepare(
    `${top}\nexport default class Bot { constructor(ctx) { this.ctx = ctx; } async onInit() { const { ctx } = this; ${body} } }`,
    'javascript',
  ).hosts;
const inPython = (body: string, top = '') =>
  prepare(
    `${top}\nclass Bot:\n    def __init__(self, ctx, params):\n        self.ctx = ctx\n    def on_init(self):\n        ctx = self.ctx\n        ${body}\n`,
    'python',
  ).hosts;

describe('The hosts in JavaScript source', () => {
  test.each([
    ['a URL', 'ctx.fetch("https://API.a.org/v1")', '', ['api.a.org']],
    [
      'a constant in a template',
      'ctx.fetch(`https://${HOST}/v1/${x}`)',
      "const HOST = 'a.org'; const x = Math.random();",
      ['a.org'],
    ],
    [
      'a constant and a port',
      'ctx.fetch(`https://${HOST}:${PORT}/`)',
      "const HOST = 'a.org', PORT = 8443;",
      ['a.org:8443'],
    ],
    ['part of a name', 'ctx.fetch(`https://api.${DOMAIN}/`)', "const DOMAIN = 'a.org';", ['api.a.org']],
    ['texts put together', "ctx.fetch('https://' + HOST + '/x')", "const HOST = 'a.org';", ['a.org']],
    [
      'a constant of a constant',
      'ctx.fetch(`${BASE}/x`)',
      "const DOMAIN = 'a.org'; const BASE = `https://${DOMAIN}/v1`;",
      ['a.org'],
    ],
    ['a member of a constant', 'ctx.fetch(`https://${API.host}/`)', "const API = { host: 'a.org' };", ['a.org']],
    ['a field of the class', 'ctx.fetch(`https://${this.place}/`); } place = "a.org"; static x() {', '', ['a.org']],
    ['a static field', 'ctx.fetch(`https://${Bot.PLACE}/`); } static PLACE = "a.org"; x() {', '', ['a.org']],
    [
      'the elements of a list',
      'for (const host of HOSTS) await ctx.fetch(`https://${host}/`)',
      "const HOSTS = ['a.org', 'b.org'];",
      ['a.org', 'b.org'],
    ],
    ['one of two', 'ctx.fetch(`https://${x ? "a.org" : "b.org"}/`)', 'const x = 1;', ['a.org', 'b.org']],
    ['a default', 'get(); function get(host = "a.org") { return ctx.fetch(`https://${host}/`); }', '', ['a.org']],
    ['a URL object', 'ctx.fetch(new URL("/x", `https://${HOST}`))', "const HOST = 'a.org';", ['a.org']],
    ['a URL that leads elsewhere', 'ctx.fetch(new URL("//b.org/x", "https://a.org"))', '', ['a.org', 'b.org']],
    [
      'a URL whose host is set',
      'const url = new URL("https://a.org/"); url.hostname = "b.org"; ctx.fetch(url)',
      '',
      ['a.org', 'b.org'],
    ],
    ['a list that is joined', 'ctx.fetch(["https:/", HOST, "x"].join("/"))', "const HOST = 'a.org';", ['a.org']],
    ['concat', 'ctx.fetch("https://".concat(HOST, "/"))', "const HOST = 'a.org';", ['a.org']],
    [
      'a certificate that is looked at',
      'await ctx.tls("a.org"); await this.ctx.tls(HOST, 8443)',
      "const HOST = 'b.org';",
      ['a.org', 'b.org:8443'],
    ],
    [
      'a connection of node:tls',
      'tls.connect(443, "a.org"); tls.connect({ host: HOST, port: 8443 })',
      "import tls from 'node:tls'; const HOST = 'b.org';",
      ['a.org', 'b.org:8443'],
    ],
    [
      'options of node:https',
      'https.get({ hostname: "a.org", path: "/" }); https.request(options)',
      "import https from 'node:https'; const options = { host: 'b.org', port: 8443 };",
      ['a.org', 'b.org:8443'],
    ],
    ['nothing of a comment', '/* https://a.org */ 1', '// https://b.org', []],
    [
      'nothing that is half known',
      'ctx.fetch(`https://${name}.${x}/`); ctx.tls(x)',
      "const name = 'api'; const x = Math.random();",
      [],
    ],
    ['nothing that comes round to itself', 'ctx.fetch(`https://${a}/`)', 'let a = b; let b = a;', []],
    ['nothing of plain http', 'ctx.fetch("http://a.org/")', '', []],
  ])('%s', (_, body, top, hosts) => {
    expect(inJavaScript(body, top).sort()).toEqual(hosts);
  });
});

describe('The hosts in Python source', () => {
  test.each([
    ['a URL', 'requests.get("https://API.a.org/v1")', '', ['api.a.org']],
    ['a constant in an f-string', "requests.get(f'https://{HOST}/v1/{x!r:>{n}}')", "HOST = 'a.org'", ['a.org']],
    ['a constant and a port', "requests.get(f'https://{HOST}:{PORT}/')", "HOST, PORT = 'a.org', 8443", ['a.org:8443']],
    ['a constant with a type', "requests.get(f'https://{HOST}/')", "HOST: str = 'a.org'", ['a.org']],
    ['part of a name', "requests.get(f'https://api.{DOMAIN}/')", "DOMAIN = 'a.org'", ['api.a.org']],
    ['texts put together', "requests.get('https://' + HOST + '/x')", "HOST = 'a.org'", ['a.org']],
    ['texts that stand together', "requests.get('https://' 'a.org' f'/{x}')", '', ['a.org']],
    [
      'percent',
      "requests.get('https://%s:%d/' % (HOST, 8443)); requests.get('https://%s/' % HOST)",
      "HOST = 'a.org'",
      ['a.org', 'a.org:8443'],
    ],
    [
      'format',
      "requests.get('https://{}/{p}'.format(HOST, p='x')); requests.get('https://{h}/'.format(h='b.org'))",
      "HOST = 'a.org'",
      ['a.org', 'b.org'],
    ],
    [
      'a constant of a constant',
      "requests.get(BASE + '/x')",
      "DOMAIN = 'a.org'\nBASE = f'https://{DOMAIN}/v1'",
      ['a.org'],
    ],
    ['a key of a constant', 'requests.get(f"https://{API[\'host\']}/")', "API = {'host': 'a.org'}", ['a.org']],
    ['a member of the class', "requests.get(f'https://{self.PLACE}/')\n    PLACE = 'a.org'", '', ['a.org']],
    ['a member of the instance', "self.place = 'a.org'; requests.get(f'https://{self.place}/')", '', ['a.org']],
    [
      'the elements of a list',
      "[requests.get(f'https://{h}/') for h in HOSTS]\n        for h in HOSTS: requests.get(f'https://{h}/')",
      "HOSTS = ('a.org', 'b.org')",
      ['a.org', 'b.org'],
    ],
    ['one of two', "requests.get(f\"https://{'a.org' if x else 'b.org'}/\")", '', ['a.org', 'b.org']],
    ['a default', 'get()', "def get(host='a.org'):\n    return requests.get(f'https://{host}/')", ['a.org']],
    ['a list that is joined', "requests.get('/'.join(['https:/', HOST, 'x']))", "HOST = 'a.org'", ['a.org']],
    [
      'parts of a URL',
      "requests.get(urllib.parse.urlunsplit(('https', HOST, '/x', '', '')))",
      "HOST = 'a.org'",
      ['a.org'],
    ],
    [
      'a socket',
      "socket.create_connection((HOST, 443)); socket.create_connection(('b.org', 8443), timeout=3)",
      "HOST = 'a.org'",
      ['a.org', 'b.org:8443'],
    ],
    [
      'a socket by an address with a name',
      'socket.create_connection(ADDRESS)',
      "ADDRESS = ('a.org', 8443)",
      ['a.org:8443'],
    ],
    ['a socket that connects', "s = socket.socket(); s.connect(('a.org', 443))", '', ['a.org']],
    [
      'an HTTPS connection',
      "http.client.HTTPSConnection(HOST, timeout=3); HTTPSConnection('b.org', 8443); HTTPSConnection('c.org:8443')",
      "HOST = 'a.org'",
      ['a.org', 'b.org:8443', 'c.org:8443'],
    ],
    ['a pool', "urllib3.HTTPSConnectionPool(host='a.org', port=8443)", '', ['a.org:8443']],
    [
      'a socket that is wrapped',
      "ssl.create_default_context().wrap_socket(sock, server_hostname='a.org')",
      '',
      ['a.org'],
    ],
    ['a certificate of ssl', "ssl.get_server_certificate(('a.org', 443))", '', ['a.org']],
    [
      'a certificate that is looked at',
      "ctx.tls('a.org'); self.ctx.tls(HOST, 8443); ctx.tls(host='c.org')",
      "HOST = 'b.org'",
      ['a.org', 'b.org:8443', 'c.org'],
    ],
    ['nothing of a comment or a document', '"""See https://a.org/"""', '"""https://b.org"""\n# https://c.org', []],
    [
      'nothing that is half known',
      "requests.get(f'https://{name}.{x}/'); ctx.tls(x); socket.create_connection(x)",
      "name = 'api'",
      [],
    ],
    ['nothing that comes round to itself', "requests.get(f'https://{a}/')", 'a = b\nb = a', []],
  ])('%s', (_, body, top, hosts) => {
    expect(inPython(body, top).sort()).toEqual(hosts);
  });
});

test.each([
  [
    'javascript',
    (n: number) => `class A {} const x = ${Array.from({ length: n }, () => "'https://' + x").join(' + ')};`,
  ],
  ['python', (n: number) => `class A:\n    x = ${Array.from({ length: n }, () => "'https://' + x").join(' + ')}\n`],
] as const)('A long sum of %s can be read', (language, source) => {
  expect(prepare(source(1_000), language).hosts).toEqual([]);
});
