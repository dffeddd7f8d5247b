import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type Identity, issue } from './certificates.js';

export type Shown = 'valid' | 'expired' | 'not_yet_valid' | 'wrong_host' | 'self_signed' | 'unknown_issuer';

/**
 * A real https server on loopback, for the hosts given. It sends a leaf and what stands between that and a certificate
 * authority of its own.
 */
export class TlsFixture implements AsyncDisposable {
  /** How often each path was asked for. */
  readonly hits = new Map<string, number>();
  price = '114609.375';
  /** What else is there, by path: JSON, or text as it is. */
  readonly pages = new Map<string, Page>();
  /** Paths that answer with 503. */
  readonly down = new Set<string>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-tls-'));

  private constructor(
    private readonly server: Server,
    private readonly identities: Record<Shown, Identity>,
    /** The authority's certificate in PEM. */
    readonly ca: string,
    /** The certificate between the leaf and the authority in PEM. */
    readonly intermediate: string,
    readonly hosts: readonly string[],
  ) {
    writeFileSync(this.caFile, ca);
    this.show('valid');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.serve(request, response));
  }

  static async start(hosts: readonly string[]): Promise<TlsFixture> {
    const authority = issue({ name: 'Test authority', isAuthority: true });
    const issuer = issue({ name: 'Test issuer', isAuthority: true, issuer: authority });
    const stranger = issue({ name: 'Strange authority', isAuthority: true });
    const name = hosts[0] ?? 'nobody';
    const [past, soon] = [new Date('2024-01-01'), new Date(Date.now() + 3_600_000)];
    const identities = {
      valid: issue({ name, hosts, issuer }),
      expired: issue({ name, hosts, issuer, from: past, to: new Date('2024-02-01') }),
      not_yet_valid: issue({ name, hosts, issuer, from: soon }),
      wrong_host: issue({ name: 'other.test', hosts: ['other.test'], issuer }),
      self_signed: issue({ name, hosts }),
      unknown_issuer: issue({ name, hosts, issuer: stranger }),
    };
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new TlsFixture(server, identities, authority.cert, issuer.cert, hosts);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** For EGRESS_CA. */
  get caFile(): string {
    return join(this.folder, 'ca.pem');
  }

  /** For EGRESS_HOSTS: all hosts are here. */
  get vouched(): string {
    return this.hosts.map((host) => `${host}=127.0.0.1:${this.port}`).join(',');
  }

  /** Which certificate new connections see. */
  show(which: Shown) {
    const { cert, key } = this.identities[which];
    this.server.setSecureContext({ cert: cert + this.intermediate, key });
  }

  certificate(which: Shown): string {
    return this.identities[which].cert;
  }

  /** How many connections are open, once those that are closing have closed. */
  async openConnections(): Promise<number> {
    const count = promisify(this.server.getConnections.bind(this.server));
    for (let patience = 1_000; patience > 0 && (await count()) > 0; patience--) await setTimeout(20);
    return count();
  }

  async [Symbol.asyncDispose]() {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
    rmSync(this.folder, { recursive: true });
  }

  private serve(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://fixture');
    this.hits.set(pathname, (this.hits.get(pathname) ?? 0) + 1);
    const route = ROUTES[pathname];
    const page = this.pages.get(pathname);
    if (this.down.has(pathname)) response.writeHead(503).end('come back later');
    else if (page) sendPage(response, page);
    else if (route) route({ request, response, query: searchParams, price: this.price });
    else response.writeHead(404).end('nothing here');
  }
}

export interface Page {
  readonly body: unknown;
  readonly status?: number;
  readonly headers?: Record<string, string>;
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly price: string;
}

const PACKERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  'raw-deflate': (bytes) => deflateRawSync(bytes),
};

const ROUTES: Record<string, (visit: Visit) => void> = {
  '/v2/prices/BTC-USD/spot': ({ response, price }) => sendPrice(response, price),
  '/v2/exchange-rates': ({ response, price: USD }) => sendJson(response, { data: { currency: 'BTC', rates: { USD } } }),
  '/0/public/Ticker': ({ response, price }) =>
    sendJson(response, { error: [], result: { XXBTZUSD: { c: [price, '1'] } } }),
  '/api/v2/ticker/btcusd/': ({ response, price: last }) =>
    sendJson(response, { last, timestamp: String(Math.floor(Date.now() / 1000)) }),
  '/v1/pubticker/btcusd': ({ response, price: last }) =>
    sendJson(response, { last, volume: { timestamp: Date.now() } }),
  /** The price, after `ms` (default: longer than any hook may take). */
  '/slow': ({ response, query, price }) => {
    const timer = globalThis.setTimeout(() => sendPrice(response, price), Number(query.get('ms') ?? 20_000));
    response.on('close', () => clearTimeout(timer));
  },
  /** What arrived, as JSON. */
  '/echo': ({ request, response }) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
    });
  },
  /** Sends on to `to` with `status` (default 302). */
  '/redirect': ({ response, query }) => {
    response.writeHead(Number(query.get('status') ?? 302), { location: query.get('to') ?? '/' }).end();
  },
  '/to-metadata': ({ response }) => response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  '/to-private': ({ response }) => response.writeHead(302, { location: 'https://private.test/' }).end(),
  '/loop': ({ response }) => response.writeHead(302, { location: '/loop' }).end(),
  /** 64 MB of nothing, small on the way. */
  '/bomb': ({ response, query }) => sendPacked(response, query, Buffer.alloc(64 * 1_048_576)),
  '/packed': ({ response, query }) => sendPacked(response, query, Buffer.from('packed and unpacked')),
  '/broken-gzip': ({ response }) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all'),
  /** `bytes` of the letter A. */
  '/big': ({ response, query }) => response.end(Buffer.alloc(Number(query.get('bytes')), 'A')),
  '/many-headers': ({ response }) => {
    for (let i = 0; i < 100; i++) response.setHeader(`x-${i}`, 'y'.repeat(1_000));
    response.end();
  },
  /** A byte now and then, for ever. */
  '/drip': ({ response }) => {
    const timer = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(timer));
  },
  '/hang': () => {},
  '/break': ({ response }) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('only this', () => response.destroy());
  },
  '/no-http': ({ request }) => request.socket.end('this is not HTTP\r\n\r\n'),
  '/cookie': ({ response }) => response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end('have one'),
};

function sendPage(response: ServerResponse, { body, status = 200, headers = {} }: Page) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function sendPrice(response: ServerResponse, amount: string) {
  sendJson(response, { data: { amount, currency: 'USD' } });
}

function sendJson(response: ServerResponse, body: object) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

function sendPacked(response: ServerResponse, query: URLSearchParams, bytes: Buffer) {
  const encoding = query.get('encoding') ?? 'gzip';
  response.writeHead(200, { 'content-encoding': encoding.replace('raw-', '') });
  response.end(PACKERS[encoding]?.(bytes));
}
