import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Chance } from '../../bot-sdk/chance.js';
import { DEFAULT_LIMITS, type JsonObject, type RunResult } from '../../bot-sdk/contract.js';
import { hex } from '../../bot-sdk/digest.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { type NetworkAccess, NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { openEgress, openSession } from '../egress/broker.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT, sourceOf } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';
import { TlsFixture } from '../support/tls-fixture.js';

const PACKAGES: [name: string, top: string, value: string, expected: unknown][] = [
  ['big.js', `import Big from 'big.js';`, `new Big('0.1').plus('0.2').toString()`, '0.3'],
  [
    'chess.js',
    `import { Chess } from 'chess.js';`,
    `(() => { const game = new Chess(); game.move('e4'); game.move('e5'); return [game.fen(), game.moves().length]; })()`,
    ['rnbqkbnr/pppp1ppp/8/4p3/4P3/8/PPPP1PPP/RNBQKBNR w KQkq - 0 2', 29],
  ],
  [
    'date-fns',
    `import { addDays, formatISO, isMonday } from 'date-fns';`,
    `[formatISO(addDays(new Date(ctx.now), 40)), isMonday(new Date())]`,
    ['2026-12-30T12:00:00Z', false],
  ],
  [
    'lodash-es',
    `import { chunk, groupBy, shuffle } from 'lodash-es';`,
    `[chunk([1, 2, 3], 2), groupBy([1.2, 1.8, 2.1], Math.floor), shuffle([1, 2, 3, 4, 5, 6, 7, 8])]`,
    [[[1, 2], [3]], { 1: [1.2, 1.8], 2: [2.1] }, expect.any(Array)],
  ],
  [
    'zod',
    `import { z } from 'zod';`,
    `(() => { const Move = z.object({ bet: z.number().min(1) }); return [Move.safeParse({ bet: 5 }).data, Move.safeParse({ bet: 0 }).success]; })()`,
    [{ bet: 5 }, false],
  ],
];

const run = async (
  runner: Runner,
  top: string,
  value: string,
  network: NetworkAccess = NO_NETWORK,
): Promise<RunResult> => {
  const source = sourceOf('javascript', `ctx.post('bot', { it: ${value} });`, top);
  const result = await runner.run(executableOf(source, 'javascript'), INPUT, DEFAULT_LIMITS, network);
  runner.forget(INPUT);
  return result;
};
const itOf = ({ effects: [post], error }: RunResult) =>
  error ?? (post?.type === 'post' ? (post.body as JsonObject).it : undefined);

describeWithDocker('A package', () => {
  let places: readonly [Runner, Runner];
  beforeAll(async () => {
    places = [new EmbeddedRunner(1), await openDockerRunner()];
  });
  afterAll(() => Promise.all(places.map((runner) => runner.close())));

  test.each(PACKAGES)('%s gives the same result in both runners', async (_, top, value, expected) => {
    const [embedded, docker] = await Promise.all(places.map((runner) => run(runner, top, value)));

    expect(itOf(embedded as RunResult)).toEqual(expected);
    expect({ ...docker, ms: 0 }).toEqual({ ...embedded, ms: 0 });
  });
});

describeWithDocker('A module of Node', () => {
  let runner: Runner;
  let embedded: EmbeddedRunner;
  let site: TlsFixture;
  beforeAll(async () => {
    [runner, embedded, site] = [await openDockerRunner(), new EmbeddedRunner(1), await TlsFixture.start(['api.test'])];
  });
  afterAll(() => Promise.all([runner.close(), embedded.close(), site[Symbol.asyncDispose]()]));

  test.each<[module: string, top: string, value: string, expected: unknown]>([
    ['buffer', `import { Buffer } from 'node:buffer';`, `Buffer.from('é').toString('base64')`, 'w6k='],
    [
      'crypto',
      `import { createHash, timingSafeEqual } from 'node:crypto';`,
      `[createHash('sha256').update('abc').digest('hex'), timingSafeEqual(new Uint8Array([1]), new Uint8Array([1]))]`,
      [createHash('sha256').update('abc').digest('hex'), true],
    ],
    [
      'events',
      `import { EventEmitter } from 'node:events';`,
      `(() => { const all = []; const bus = new EventEmitter().on('a', (n) => all.push(n)); bus.emit('a', 1); return all; })()`,
      [1],
    ],
    ['path', `import { join } from 'node:path';`, `join('a', '..', 'b')`, 'b'],
    ['querystring', `import { parse } from 'node:querystring';`, `parse('a=1&a=2').a`, ['1', '2']],
    [
      'string_decoder',
      `import { StringDecoder } from 'node:string_decoder';`,
      `new StringDecoder('utf8').end(new Uint8Array([0xc3, 0xa9]))`,
      'é',
    ],
    [
      'url',
      `import { URL } from 'node:url';`,
      `new URL('../b?q=é', 'https://a.test/x/y').href`,
      'https://a.test/b?q=%C3%A9',
    ],
    [
      'util',
      `import { format, isDeepStrictEqual } from 'node:util';`,
      `[format('%s-%d', 'a', 2), isDeepStrictEqual([1], [1])]`,
      ['a-2', true],
    ],
    [
      'zlib',
      `import { gunzipSync, gzipSync } from 'node:zlib';`,
      `gunzipSync(gzipSync('packed')).toString()`,
      'packed',
    ],
    [
      'fs in the workspace',
      `import { readFileSync, readdirSync, writeFileSync } from 'node:fs';`,
      `(writeFileSync('/workspace/a.txt', 'kept'), [readFileSync('a.txt', 'utf8'), readdirSync('/workspace')])`,
      ['kept', ['a.txt']],
    ],
    [
      'fs/promises in the workspace',
      `import { mkdir, readFile, writeFile } from 'node:fs/promises';`,
      `(await mkdir('deep/er', { recursive: true }), await writeFile('deep/er/a', 'b'), await readFile('/workspace/deep/er/a', 'utf8'))`,
      'b',
    ],
    [
      'fs anywhere else',
      `import { readFileSync, writeFileSync } from 'node:fs';`,
      `[() => readFileSync('/etc/passwd'), () => readFileSync('/proc/self/environ'), () => writeFileSync('/tmp/a', 'b')].map((f) => { try { f(); return 'done'; } catch (e) { return e.code; } })`,
      ['ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED'],
    ],
  ])('works in a container: %s', async (_, top, value, expected) => {
    expect(itOf(await run(runner, top, value))).toEqual(expected);
  });

  test('uses the randomness of the run', async () => {
    const top = `import { randomBytes, randomInt } from 'node:crypto';`;

    const it = itOf(await run(runner, top, `[randomBytes(40).toString('hex'), randomInt(6), randomInt(5, 9)]`));

    const chance = new Chance(INPUT.key);
    expect(it).toEqual([hex(chance.bytes(40)), chance.below(6), 5 + chance.below(4)]);
  });

  test('needs a container', async () => {
    expect(await run(embedded, `import { URL } from 'node:url';`, '1')).toMatchObject({
      outcome: 'killed',
      error: { code: 'SANDBOX_UNAVAILABLE' },
    });
  });

  const AGENT = `const ask = (options) => new Promise((done, fail) => https.get(options, (page) => { let text = ''; page.on('data', (part) => { text += part; }).on('end', () => done(text)); }).on('error', (e) => fail(new Error(e.message))));`;
  const overEgress = async (top: string, value: (ca: string) => string) => {
    await using network = openNetwork(site);
    const result = await run(runner, top, value(JSON.stringify(site.ca)), network.network);
    return { it: itOf(result), records: network.records() };
  };

  test('https uses a tunnel of the broker, and TLS ends in the sandbox', async () => {
    const before = site.hits.get('/v2/prices/BTC-USD/spot') ?? 0;

    const { it, records } = await overEgress(
      `import https from 'node:https'; ${AGENT}`,
      (ca) => `await ask({ host: 'api.test', path: '/v2/prices/BTC-USD/spot', ca: ${ca} })`,
    );

    expect(it).toBe('{"data":{"amount":"114609.375","currency":"USD"}}');
    expect(site.hits.get('/v2/prices/BTC-USD/spot')).toBe(before + 1);
    expect(records).toEqual([
      {
        tunnel: 'api.test',
        port: 443,
        bytes: expect.any(Number),
        hash: expect.stringMatching(/^sha256:/),
        at: expect.any(String),
      },
    ]);
  });

  test('tls uses a tunnel of the broker', async () => {
    const { it, records } = await overEgress(
      `import tls from 'node:tls';`,
      (ca) =>
        `await new Promise((done, fail) => { const line = tls.connect({ host: 'api.test', port: 443, ca: ${ca} }, () => { done([line.authorized, line.getPeerCertificate().subject.CN]); line.destroy(); }).on('error', fail); })`,
    );

    expect(it).toEqual([true, 'api.test']);
    expect(records).toMatchObject([{ tunnel: 'api.test' }]);
  });

  test.each([
    ['a host that is not declared', 'other.test'],
    ['the host’s own loopback', '127.0.0.1'],
    ['an address that nobody may ask', '169.254.169.254'],
  ])('cannot reach %s', async (_, host) => {
    const { it, records } = await overEgress(
      `import https from 'node:https'; ${AGENT}`,
      () =>
        `await ask({ host: '${host}', port: ${host === '127.0.0.1' ? site.port : 443}, rejectUnauthorized: false }).catch(() => 'not reached')`,
    );

    expect(it).toBe('not reached');
    expect(records).toEqual([]);
  });
});

describe('A bundled package', () => {
  test('must export what the bot imports', () => {
    expect(() => executableOf(sourceOf('javascript', '', `import { nothing } from 'big.js';`), 'javascript')).toThrow(
      /big\.js/,
    );
  });
});

describeWithDocker('A module of Python', () => {
  let runner: Runner;
  let site: TlsFixture;
  beforeAll(async () => {
    [runner, site] = [await openDockerRunner(), await TlsFixture.start(['api.test'])];
  });
  afterAll(() => Promise.all([runner.close(), site[Symbol.asyncDispose]()]));

  const overEgress = async (body: string) => {
    await using network = openNetwork(site);
    const source = sourceOf('python', `${body}\nctx.post('bot', {'it': it})`, PYTHON_TOP);
    const hook = { ...INPUT, params: { ca: site.ca } };
    const result = await runner.run(executableOf(source, 'python'), hook, DEFAULT_LIMITS, network.network);
    runner.forget(hook);
    return { it: itOf(result), records: network.records() };
  };
  const PRICE = '{"data":{"amount":"114609.375","currency":"USD"}}';
  const TLS = `trust = ssl.create_default_context(cadata=params['ca'])
line = trust.wrap_socket(socket.create_connection(('api.test', 443), timeout=3), server_hostname='api.test')`;

  test.each<[name: string, body: string, it: unknown, record: object]>([
    [
      'requests asks the broker',
      `page = requests.get('https://api.test/v2/prices/BTC-USD/spot', timeout=3)\nit = [page.status_code, page.text]`,
      [200, PRICE],
      { method: 'GET', status: 200 },
    ],
    [
      'urllib asks the broker',
      `it = urllib.request.urlopen('https://api.test/v2/prices/BTC-USD/spot').read().decode()`,
      PRICE,
      { method: 'GET', status: 200 },
    ],
    [
      'ssl goes through a tunnel of the broker, and TLS ends in the sandbox',
      `${TLS}
line.sendall(b'GET /v2/prices/BTC-USD/spot HTTP/1.1\\r\\nHost: api.test\\r\\nConnection: close\\r\\n\\r\\n')
page = b''
while part := line.recv(4096): page += part
it = page.decode().split('\\r\\n\\r\\n')[1]`,
      expect.stringContaining('114609.375'),
      { tunnel: 'api.test', port: 443 },
    ],
    [
      'ssl sees the certificate',
      `${TLS}\nit = [line.getpeercert()['subjectAltName'], line.version()[:5]]\nline.close()`,
      [[['DNS', 'api.test']], 'TLSv1'],
      { tunnel: 'api.test', port: 443 },
    ],
  ])('%s', async (_, body, it, record) => {
    const seen = await overEgress(body);

    expect(seen).toEqual({ it, records: [expect.objectContaining(record)] });
  });

  test.each([
    ['a host that is not declared', 'other.test', 443],
    ['the host’s own loopback', '127.0.0.1', 0],
    ['an address that nobody may ask', '169.254.169.254', 443],
  ])('cannot reach %s', async (_, host, port) => {
    const body = `try:\n    socket.create_connection(('${host}', ${port || site.port}), timeout=3)\n    it = 'reached'\nexcept OSError as e:\n    it = 'not reached'`;

    expect(await overEgress(body)).toEqual({ it: 'not reached', records: [] });
  });
});

const PYTHON_TOP = 'import requests, socket, ssl, urllib.request';

/** The broker itself, for a bot that declares one host of the two that are there. */
function openNetwork(site: TlsFixture) {
  const egress = openEgress({
    EGRESS_HOSTS: `${site.vouched},other.test=127.0.0.1:${site.port}`,
    EGRESS_CA: site.caFile,
  });
  const session = openSession(egress, ['api.test']);
  const network: NetworkAccess = {
    isOpen: true,
    ask: session.ask,
    async tunnel(host, port) {
      const opened = await session.open(host, port);
      if ('detail' in opened) throw new Error(opened.detail);
      return opened;
    },
  };
  return { network, records: () => session.records(), [Symbol.asyncDispose]: () => session.close() };
}
