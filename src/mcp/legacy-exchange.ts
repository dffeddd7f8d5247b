import {
  isJSONRPCResponse,
  WebStandardStreamableHTTPServerTransport as PlainTransport,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { inBackground } from '../kernel/background.js';
import { type Asking, toAuthInfo } from './asking.js';
import { ClaudeChannel } from './claude-channel.js';
import { type Exchange, endOf } from './exchange.js';
import { messagesOf, refusal } from './json-rpc.js';
import { KnownSessions } from './known-sessions.js';
import { Resources } from './resources.js';
import { ServerFactory } from './server-factory.js';
import type { Session } from './session.js';
import { SessionTransport } from './session-transport.js';
import { Sessions } from './sessions.js';
import { standingStream } from './standing-stream.js';

/**
 * The revisions from 2024-11-05 to 2025-11-25. Each request is served alone by a server of its own, so a client may have
 * a session or none; what a session adds is a standing stream, that a running call can be cancelled, and that it can ask.
 */
@Injectable()
export class LegacyExchange {
  constructor(
    private readonly servers: ServerFactory,
    private readonly resources: Resources,
    private readonly claude: ClaudeChannel,
    private readonly sessions: Sessions,
    private readonly known: KnownSessions,
  ) {}

  async answer(request: Request, exchange: Exchange): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    const session = id === null ? undefined : await this.known.use(id, exchange.asking);
    // From here on nothing waits before it listens to `closed`.
    if (exchange.closed.aborted) return new Response(null, { status: 202 });
    if (id !== null && !session) return Response.json(refusal(-32001, 'Session not found'), { status: 404 });
    const inSession = session ? { ...exchange, asking: askingIn(session, exchange.asking) } : exchange;
    if (request.method === 'GET') return session ? this.stream(session, inSession) : methodNotAllowed();
    if (request.method === 'DELETE') return session ? this.end(session) : methodNotAllowed();
    return this.serve(request, inSession, session);
  }

  private async serve(request: Request, exchange: Exchange, known?: Session): Promise<Response> {
    const { asking, body, closed } = exchange;
    const messages = messagesOf(body);
    const authInfo = toAuthInfo(asking);
    const server = this.servers.create(asking);
    const over = new AbortController();
    const cancelled = new Promise<Response>((answer) => {
      over.signal.addEventListener('abort', () => {
        inBackground('closing a protocol server', server.close());
        answer(new Response(null, { status: 202 }));
      });
    });
    closed.addEventListener('abort', () => over.abort());
    if (known) this.follow(known, messages, over);

    const options = { enableJsonResponse: !asking.streams };
    const transport = known ? new SessionTransport(known, options) : new PlainTransport(options);
    await server.connect(transport);
    if (transport instanceof SessionTransport) await transport.introduce();
    const response = await Promise.race([transport.handleRequest(request, { authInfo, parsedBody: body }), cancelled]);
    const opening = response.ok ? messages.find(({ method }) => method === 'initialize') : undefined;
    const session = known ?? (opening && this.sessions.open(asking.caller, opening.params));
    if (session) response.headers.set('mcp-session-id', session.id);
    return response;
  }

  private async stream(session: Session, exchange: Exchange) {
    const stops = [
      await this.resources.watchLists(session.caller, () => session.say(LIST_CHANGED)),
      await this.claude.follow(session, exchange.asking),
    ];
    const stop = () => stops.forEach((each) => void each());
    exchange.closed.addEventListener('abort', stop);
    if (exchange.closed.aborted) stop();
    return standingStream(session, endOf(exchange));
  }

  private follow(session: Session, messages: ReturnType<typeof messagesOf>, over: AbortController) {
    for (const message of messages) {
      const { id, method, params } = message;
      if (method === 'notifications/cancelled') session.cancel(params?.requestId);
      else if (isJSONRPCResponse(message)) session.answered(message);
      else if (id !== undefined) session.runs(id, over);
    }
    over.signal.addEventListener('abort', () => this.sessions.touch(session));
  }

  private async end(session: Session) {
    await this.known.end(session);
    return new Response(null, { status: 200 });
  }
}

const askingIn = (session: Session, asking: Asking): Asking => ({
  ...asking,
  session,
  caller: session.as(asking.caller),
});

const LIST_CHANGED = { jsonrpc: '2.0', method: 'notifications/resources/list_changed' } as const;

const methodNotAllowed = () =>
  Response.json(refusal(-32000, 'Method not allowed.'), { status: 405, headers: { allow: 'POST' } });
