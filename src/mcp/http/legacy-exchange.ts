import {
  isJSONRPCResponse,
  WebStandardStreamableHTTPServerTransport as PlainTransport,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { inBackground } from '../../kernel/background.js';
import { type McpRequestContext, toAuthInfo } from '../requests/mcp-request-context.js';
import { ClaudeChannel } from '../resources/claude-channel.js';
import { Resources } from '../resources/resources.js';
import { ServerFactory } from '../server/server-factory.js';
import type { McpSession } from '../sessions/mcp-session.js';
import { McpSessions } from '../sessions/mcp-sessions.js';
import { endOf, type HttpExchange } from './http-exchange.js';
import { messagesOf, refusal } from './json-rpc.js';
import { KnownSessions } from './known-sessions.js';
import { RemoteSessions } from './remote-sessions.js';
import { SessionTransport } from './session-transport.js';
import { standingStream } from './standing-stream.js';

/**
 * The protocol revisions from 2024-11-05 to 2025-11-25. Each request has its own protocol server, so sessions are
 * optional; a session adds a standing stream, cancellation of running calls, and requests to the client.
 */
@Injectable()
export class LegacyExchange {
  constructor(
    private readonly servers: ServerFactory,
    private readonly resources: Resources,
    private readonly claude: ClaudeChannel,
    private readonly sessions: McpSessions,
    private readonly known: KnownSessions,
    private readonly remote: RemoteSessions,
  ) {}

  async answer(request: Request, exchange: HttpExchange): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    const session = id === null ? undefined : await this.known.use(id, exchange.requestContext);
    // Code from here on must listen to `closed` before it waits.
    if (exchange.closed.aborted) return new Response(null, { status: 202 });
    if (id !== null && !session) return Response.json(refusal(-32001, 'Session not found'), { status: 404 });
    const inSession = session ? { ...exchange, requestContext: askingIn(session, exchange.requestContext) } : exchange;
    if (request.method === 'GET') return session ? this.stream(session, inSession) : methodNotAllowed();
    if (request.method === 'DELETE') return session ? this.end(session) : methodNotAllowed();
    return this.serve(request, inSession, session);
  }

  private async serve(request: Request, exchange: HttpExchange, known?: McpSession): Promise<Response> {
    const { requestContext, body, closed } = exchange;
    const messages = messagesOf(body);
    const authInfo = toAuthInfo(requestContext);
    const server = this.servers.create(requestContext);
    const over = new AbortController();
    const cancelled = new Promise<Response>((answer) => {
      over.signal.addEventListener('abort', () => {
        inBackground('closing a protocol server', server.close());
        answer(new Response(null, { status: 202 }));
      });
    });
    closed.addEventListener('abort', () => over.abort(closed.reason));
    if (known) this.follow(known, messages, over);

    const options = { enableJsonResponse: !requestContext.streams };
    const transport = known ? new SessionTransport(known, options) : new PlainTransport(options);
    await server.connect(transport);
    if (transport instanceof SessionTransport) await transport.introduce();
    const response = await Promise.race([transport.handleRequest(request, { authInfo, parsedBody: body }), cancelled]);
    const opening = response.ok ? messages.find(({ method }) => method === 'initialize') : undefined;
    const session = known ?? (opening && this.sessions.open(requestContext.caller, opening.params));
    if (session) response.headers.set('mcp-session-id', session.id);
    return response;
  }

  private async stream(session: McpSession, exchange: HttpExchange) {
    const stops = [
      await this.resources.watchLists(session.caller, () => session.send(LIST_CHANGED)),
      await this.claude.follow(session, exchange.requestContext),
    ];
    const stop = () => stops.forEach((each) => void each());
    exchange.closed.addEventListener('abort', stop);
    if (exchange.closed.aborted) stop();
    this.remote.streamed(session, exchange.requestContext, exchange.closed);
    return standingStream(session, endOf(exchange));
  }

  private follow(session: McpSession, messages: ReturnType<typeof messagesOf>, over: AbortController) {
    for (const message of messages) {
      const { id, method, params } = message;
      if (method === 'notifications/cancelled') {
        if (!session.cancel(params?.requestId)) this.remote.cancelled(session, params?.requestId);
      } else if (isJSONRPCResponse(message)) {
        if (!session.receiveAnswer(message)) this.remote.answered(session, message);
      } else if (id !== undefined) session.registerCall(id, over);
    }
    over.signal.addEventListener('abort', () => this.sessions.touch(session));
  }

  private async end(session: McpSession) {
    await this.known.end(session);
    this.remote.ended(session);
    return new Response(null, { status: 200 });
  }
}

const askingIn = (session: McpSession, requestContext: McpRequestContext): McpRequestContext => ({
  ...requestContext,
  session,
  caller: session.as(requestContext.caller),
});

const LIST_CHANGED = { jsonrpc: '2.0', method: 'notifications/resources/list_changed' } as const;

const methodNotAllowed = () =>
  Response.json(refusal(-32000, 'Method not allowed.'), { status: 405, headers: { allow: 'POST' } });
