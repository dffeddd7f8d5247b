import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = (sentence: string) => `<!doctype html><meta charset="utf-8"><title>Parley</title>
<p style="font: 1.1rem system-ui; margin: 20vh auto; max-width: 30rem; text-align: center">${sentence}</p>`;
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  connection: 'close',
};

/** The local redirect target after signing in (RFC 8252 section 7.3). */
export interface Loopback extends AsyncDisposable {
  readonly redirectUri: string;
  /** The parameters of the first redirect with this `state`. Other requests are refused and have no effect. */
  answer(state: string, signal: AbortSignal): Promise<URLSearchParams>;
}

export async function openLoopback(): Promise<Loopback> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  return {
    redirectUri,
    answer: (state, signal) =>
      new Promise((take, fail) => {
        signal.addEventListener('abort', () => fail(signal.reason));
        server.on('request', ({ url = '', method }, response) => {
          const { pathname, searchParams } = new URL(url, redirectUri);
          const isOurs = method === 'GET' && pathname === '/callback' && searchParams.get('state') === state;
          if (!isOurs) return void response.writeHead(404, HEADERS).end(PAGE('Nothing is here.'));
          const came = searchParams.has('code') ? 'You are signed in.' : 'You are not signed in.';
          response.writeHead(200, HEADERS).end(PAGE(`${came} You can close this page and go back to the terminal.`));
          take(searchParams);
        });
      }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeIdleConnections();
    },
  };
}
