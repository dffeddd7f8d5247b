import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NODE_MODULES, PYTHON_MODULES } from '../../../bot-sdk/modules.js';
import type { Egress } from '../../../src/runtime/egress/egress.js';
import { Tunnel } from '../../../src/runtime/egress/tunnel.js';
import type { Executable, NetworkAccess } from '../../../src/runtime/runner.js';
import { openEgress, openSession } from '../../egress/broker.js';
import { DockerArena, javascript, PATIENT, posted, python } from '../../support/arena.js';
import { printedInside } from '../../support/break-in.js';
import { DnsFixture } from '../../support/dns-fixture.js';
import { describeWithDocker } from '../../support/sandbox.js';
import { TlsFixture } from '../../support/tls-fixture.js';
import { PROBE_KIT } from './probes.js';

const HOST = 'declared.test';
/** Declared too, and each is somewhere it should not be. */
const PLACES: Record<string, string[][]> = {
  'private.test': [['10.0.0.1']],
  'loopback.test': [['127.0.0.1']],
  'metadata.test': [['169.254.169.254']],
  'mapped.test': [['::ffff:127.0.0.1']],
  'local6.test': [['::1']],
  'mixed.test': [['127.0.0.1', '10.0.0.1']],
  'rebinding.test': [['10.0.0.1'], ['127.0.0.1']],
};
const NAMES = Object.keys(PLACES);

/** Addresses that a bot may try to ask for: none is in a manifest, and none that leaves this machine is ever connected to. */
const URLS = [
  ...NAMES.map((name) => `https://${name}/`),
  'https://undeclared.test/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://[::ffff:7f00:1]/',
  'https://localhost/',
  `http://${HOST}/`,
  `https://${HOST}@127.0.0.1/`,
  `https://${HOST}.undeclared.test/`,
  'file:///etc/passwd',
  'ftp://declared.test/',
  `https://${HOST}/to-metadata`,
  `https://${HOST}/to-private`,
  `https://${HOST}/loop`,
];

/** Each of its addresses by one language's means; it posts how many of them it was told no for. */
const CLIENTS: [name: string, client: (urls: string[], ca: string) => Executable][] = [
  [
    'ctx.fetch',
    (urls) =>
      javascript(
        `const no = []; for (const url of ${JSON.stringify(urls)}) await ctx.fetch(url).catch(() => no.push(url)); ctx.post('bot', { it: no })`,
      ),
  ],
  [
    'node:https',
    (urls, ca) =>
      javascript(
        `const no = []; for (const url of ${JSON.stringify(urls)}) await new Promise((next) => {
          const refuse = () => { no.push(url); next() };
          try { https.get(url, { timeout: 2000, ca: ${JSON.stringify(ca)} }, (page) => page.statusCode < 400 ? next() : refuse()).on('error', refuse) } catch { refuse() }
        }); ctx.post('bot', { it: no })`,
        { modules: NODE_MODULES, top: `import https from 'node:https'` },
      ),
  ],
  [
    'requests',
    (urls) =>
      python(
        `import requests\nit = []\nfor url in ${JSON.stringify(urls)}:\n    try: requests.get(url, timeout=2)\n    except Exception: it.append(url)`,
        {
          modules: PYTHON_MODULES,
        },
      ),
  ],
  [
    'urllib',
    (urls) =>
      python(
        `import urllib.request\nit = []\nfor url in ${JSON.stringify(urls)}:\n    try: urllib.request.urlopen(url, timeout=2)\n    except Exception: it.append(url)`,
        {
          modules: PYTHON_MODULES,
        },
      ),
  ],
];

describeWithDocker('A bot with a declared host', () => {
  let arena: DockerArena;
  let pages: TlsFixture;
  let names: DnsFixture;
  let egress: Egress;
  beforeAll(async () => {
    arena = await DockerArena.open();
    pages = await TlsFixture.start([HOST]);
    names = await DnsFixture.start(PLACES);
    egress = openEgress({ EGRESS_CA: pages.caFile, EGRESS_HOSTS: pages.vouched, EGRESS_DNS: names.place });
  });
  afterAll(async () => {
    await Promise.all([arena, pages, names].map((one) => one[Symbol.asyncDispose]()));
  });

  /** What it posts, with a way to the hosts it declares. */
  async function attack(bot: Executable, { fetches = 100, requestMs = 15_000 } = {}) {
    await using session = openSession(egress, [HOST, ...NAMES], { requests: fetches, requestMs });
    const network: NetworkAccess = {
      isOpen: true,
      ask: session.ask,
      async tunnel(host, port) {
        const opened = await session.open(host, port);
        if (opened instanceof Tunnel) return opened;
        throw new Error(opened.detail);
      },
    };
    // The session must outlive the run.
    return await arena.attack(bot, { network, limits: { ...PATIENT, fetches } });
  }

  test.each(CLIENTS)('reaches that host with %s, and no others', async (name, client) => {
    const good = `https://${HOST}/v2/prices/BTC-USD/spot`;
    // A tunnel does not follow what a page says.
    const urls = name === 'node:https' ? URLS.filter((url) => !/\/(to-|loop)/.test(url)) : URLS;

    const [refused] = posted(await attack(client([good, ...urls], pages.ca)));

    expect(refused).toEqual(urls);
  });

  test.each([
    ['a page that never ends', '/drip'],
    ['a page that never comes', '/hang'],
    ['a compressed bomb', '/bomb'],
    ['a page that is too large', '/big?bytes=10000000'],
    ['a page that breaks off', '/break'],
    ['what is no page', '/no-http'],
    ['what cannot be unpacked', '/broken-gzip'],
  ])('is refused %s', async (_, path) => {
    const [refused] = posted(await attack(CLIENTS[0]![1]([`https://${HOST}${path}`], pages.ca), { requestMs: 4_000 }));

    expect(refused).toEqual([`https://${HOST}${path}`]);
  });

  test('that sends a thousand requests gets ten answers', async () => {
    const body = `let asked = 0; try { for (;;) { await ctx.fetch('https://${HOST}/cookie'); asked += 1 } } catch (error) { ctx.post('bot', { it: [asked, error.code] }) }`;

    expect(posted(await attack(javascript(body), { fetches: 10 }))).toEqual([[10, 'FETCH_LIMIT']]);
  });

  test('cannot use a tunnel longer than its hook', async () => {
    const top = `import tls from 'node:tls'`;
    const body = `await new Promise((end) => { const line = tls.connect({ host: '${HOST}', port: 443, rejectUnauthorized: false }, () => { line.write('GET /drip HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n'); line.once('data', end) }); line.on('error', end) }); ctx.post('bot', { it: 'talked' })`;

    // A hook is over when what it has started is, and this never is.
    const result = await attack(javascript(body, { top, modules: NODE_MODULES }));

    expect(result).toMatchObject({ outcome: 'timed_out', effects: [] });
    expect(await pages.openConnections()).toBe(0);
  });

  test('cannot reach this machine without the broker', async () => {
    const listeners = await listenEverywhere();
    let visits = 0;
    for (const { server } of listeners) server.on('connection', () => (visits += 1));
    const tries = listeners.map(
      ({ host, port }) => `probe(lambda: socket.create_connection(('${host}', ${port}), 2) and 'connected')`,
    );

    const found = JSON.parse(
      await printedInside(arena.host, arena.label, `${PROBE_KIT}\nprint(json.dumps([${tries}]))`),
    );
    await Promise.all(listeners.map(({ server }) => new Promise((closed) => server.close(closed))));

    expect(found).toEqual(
      listeners.map(() => expect.stringMatching(/^E(CONNREFUSED|NETUNREACH|ADDRNOTAVAIL|AFNOSUPPORT)$/)),
    );
    expect(visits).toBe(0);
  });
});

/** Listens at every address that this machine has. */
async function listenEverywhere(): Promise<{ host: string; port: number; server: Server }[]> {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const hosts = addresses.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
  return Promise.all(
    hosts.map(async (host) => {
      const server = createServer((socket) => socket.destroy());
      await new Promise<void>((listening) => server.listen(0, host, listening));
      return { host, port: (server.address() as { port: number }).port, server };
    }),
  );
}
