import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  status: number;
  readonly headers: Record<string, string>;
  body: string;
}

/** Changes one answer on its way. What never resolves is a server that never answers. */
export type Break = (answer: Answer, request: IncomingMessage) => void | Promise<void>;

/** Stands in front of a healthy server and breaks one thing. */
export interface BreakingProxy extends AsyncDisposable {
  readonly url: string;
  /** Where the server behind it listens. */
  target: string;
  break?: Break;
}

export async function startBreakingProxy(): Promise<BreakingProxy> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: BreakingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
  server.on('request', async (request, response) => {
    const answer = await ask(proxy.target, request);
    await proxy.break?.(answer, request);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return proxy;
}

async function ask(target: string, request: IncomingMessage): Promise<Answer> {
  const { connection: _, 'content-length': __, 'transfer-encoding': ___, ...headers } = request.headers;
  const outgoing = send(`${target}${request.url}`, { method: request.method, headers });
  outgoing.end(await buffer(request));
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { connection, 'content-length': length, 'transfer-encoding': encoding, ...kept } = incoming.headers;
  const body = (await buffer(incoming)).toString();
  return { status: incoming.statusCode ?? 500, headers: kept as Record<string, string>, body };
}
