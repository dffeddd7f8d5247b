import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, startServer } from '../support/server.js';

const ANONYMOUS = 40;
const REGISTRATION = 10;

let server: RunningServer;
let proxied: RunningServer;
beforeAll(async () => {
  const limits = { LIMIT_WINDOW_S: '3600', LIMIT_ANONYMOUS: String(ANONYMOUS), LIMIT_ADDRESS: '60' };
  [server, proxied] = await Promise.all([startServer(limits), startServer({ ...limits, TRUST_PROXY: '1' })]);
});
afterAll(async () => {
  await Promise.all([server, proxied].map((each) => each[Symbol.asyncDispose]()));
});

interface Asked {
  /** The address of this machine to come from. */
  readonly from?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

interface Heard {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

const ask = ({ url }: RunningServer, path: string, { from, method = 'GET', headers }: Asked = {}) =>
  new Promise<Heard>((answer, fail) => {
    const asked = httpRequest(url + path, { localAddress: from, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => answer({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on('error', fail).end();
  });

async function flood(to: RunningServer, asked: Asked, path = '/health_check') {
  for (let i = 0; i < 100; i++) {
    const heard = await ask(to, path, asked);
    if (heard.status === 429) return { heard, letIn: i };
  }
  throw new Error('nothing was refused');
}

describe('An address that sends requests without a token', () => {
  test('has a limit, and another address has its own', async () => {
    const { letIn, heard } = await flood(server, { from: '127.0.0.2' });

    expect(letIn).toBe(ANONYMOUS);
    expect(JSON.parse(heard.text)).toMatchObject({ code: 'RATE_LIMIT', policy: 'anonymous' });
    expect(heard.headers.ratelimit).toBe(`"anonymous";r=0;t=${heard.headers['retry-after']}`);
    expect((await ask(server, '/health_check', { from: '127.0.0.3' })).status).toBe(200);
  });

  test('gets an OAuth error at the OAuth endpoints', async () => {
    const { letIn, heard } = await flood(server, { from: '127.0.0.4', method: 'POST' }, '/register');

    expect(letIn).toBe(ANONYMOUS / REGISTRATION);
    expect(JSON.parse(heard.text)).toEqual({
      error: 'temporarily_unavailable',
      error_description: expect.stringContaining('Retry-After'),
    });
    expect(heard.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^3[56]\d\d$/),
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
  });

  test('gets a page if a person signs in', async () => {
    const asked = { from: '127.0.0.5', headers: { accept: 'text/html' } };

    const { heard } = await flood(server, asked, '/oauth/authorize');

    expect(heard.headers['content-type']).toMatch('text/html');
    expect(heard.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(heard.headers).toHaveProperty('retry-after');
  });

  test('can still call the health endpoints', async () => {
    await flood(server, { from: '127.0.0.6' });

    expect((await ask(server, '/healthz', { from: '127.0.0.6' })).status).toBe(200);
  });

  test('gets no higher limit with an invalid token', async () => {
    const asked = { from: '127.0.0.7', headers: { authorization: 'Bearer nonsense' } };

    const { letIn, heard } = await flood(server, asked);

    expect(letIn).toBe(ANONYMOUS);
    expect(JSON.parse(heard.text)).toMatchObject({ policy: 'anonymous' });
    expect((await flood(server, { ...asked, from: '127.0.0.8', method: 'POST' }, '/register')).letIn).toBe(4);
  });
});

describe('The header X-Forwarded-For', () => {
  const named = (address: string) => ({ headers: { 'x-forwarded-for': address } });

  test('is ignored if no proxy is trusted', async () => {
    let refused = 0;
    for (let i = 0; i < ANONYMOUS + 5; i++) {
      const { status } = await ask(server, '/health_check', { from: '127.0.0.9', ...named(`198.51.100.${i}`) });
      if (status === 429) refused += 1;
    }

    expect(refused).toBe(5);
  });

  test('is used behind a trusted proxy, whatever the client put before the proxy’s part', async () => {
    const { letIn } = await flood(proxied, named('203.0.113.1, 198.51.100.1'));

    expect(letIn).toBe(ANONYMOUS);
    expect((await ask(proxied, '/health_check', named('198.51.100.2'))).status).toBe(200);
    expect((await ask(proxied, '/health_check', named('203.0.113.9, 198.51.100.1'))).status).toBe(429);
  });

  test('with an IPv6 address counts by the network of one customer', async () => {
    await flood(proxied, named('2001:db8:0:1::1'));

    expect((await ask(proxied, '/health_check', named('2001:db8:0:1:ffff::2'))).status).toBe(429);
    expect((await ask(proxied, '/health_check', named('2001:db8:0:2::1'))).status).toBe(200);
  });
});
