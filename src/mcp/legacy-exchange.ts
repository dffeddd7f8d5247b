import { type AuthInfo, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { messagesOf, refusal } from './json-rpc.js';
import type { Session } from './session.js';
import { Sessions } from './sessions.js';
import { standingStream } from './standing-stream.js';
import { type Asking, ToolServer, toAuthInfo } from './tool-server.js';

export interface Exchange {
  readonly asking: Asking;
  /** The parsed body; undefined where there is none that could be parsed. */
  readonly body: unknown;
  /** How the client wants its answer: as a stream of events, or as one JSON body. */
  readonly streams: boolean;
  /** Fires when the answer is out, or when the client has gone without it. */
  readonly closed: AbortSignal;
}

/**
 * The revisions from 2024-11-05 to 2025-11-25. Each request is served alone by a server of its own, so a client may have
 * a session or none; what a session adds is a standing stream, and that a running call can be cancelled.
 */
@Injectable()
export class LegacyExchange {
  constructor(
    private readonly servers: ToolServer,
    private readonly sessions: Sessions,
  ) {}

  async answer(request: Request, exchange: Exchange): Promise<Response> {
    // From here on nothing waits before it listens to `closed`.
    if (exchange.closed.aborted) return new Response(null, { status: 202 });
    const id = request.headers.get('mcp-session-id');
    const session = id === null ? undefined : this.sessions.use(id, exchange.asking.caller);
    if (id !== null && !session) return Response.json(refusal(-32001, 'Session not found'), { status: 404 });
    if (request.method === 'GET') return session ? standingStream(session, endOf(exchange)) : methodNotAllowed();
    if (request.method === 'DELETE') return session ? this.end(session) : methodNotAllowed();
    return this.serve(request, exchange, session);
  }

  private async serve(request: Request, exchange: Exchange, known?: Session): Promise<Response> {
    const { asking, body, streams, closed } = exchange;
    const messages = messagesOf(body);
    const authInfo: AuthInfo = toAuthInfo(asking);
    const server = this.servers.create(authInfo);
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !streams });
    await server.connect(transport);

    const over = new AbortController();
    const cancelled = new Promise<Response>((answer) => {
      over.signal.addEventListener('abort', () => {
        void server.close();
        answer(new Response(null, { status: 202 }));
      });
    });
    closed.addEventListener('abort', () => over.abort());
    if (known) this.follow(known, messages, over);

    const response = await Promise.race([transport.handleRequest(request, { authInfo, parsedBody: body }), cancelled]);
    const opens = response.ok && messages.some(({ method }) => method === 'initialize');
    const session = known ?? (opens ? this.sessions.open(asking.caller) : undefined);
    if (session) response.headers.set('mcp-session-id', session.id);
    return response;
  }

  private follow(session: Session, messages: ReturnType<typeof messagesOf>, over: AbortController) {
    for (const { id, method, params } of messages) {
      if (method === 'notifications/cancelled') session.cancel(params?.requestId);
      else if (id !== undefined) session.runs(id, over);
    }
    over.signal.addEventListener('abort', () => this.sessions.touch(session));
  }

  private end(session: Session) {
    this.sessions.end(session);
    return new Response(null, { status: 200 });
  }
}

/** The client is gone, or its grant is: then nothing may stay open. */
const endOf = ({ closed, asking: { caller } }: Exchange) =>
  caller.ended ? AbortSignal.any([closed, caller.ended]) : closed;

const methodNotAllowed = () =>
  Response.json(refusal(-32000, 'Method not allowed.'), { status: 405, headers: { allow: 'POST' } });
