import { createMcpHandler } from '@modelcontextprotocol/server';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Scope } from '../../kernel/caller.js';
import { DomainError, toProblem } from '../../kernel/errors.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import { type McpRequestContext, requestContextOf, toAuthInfo } from '../requests/mcp-request-context.js';
import { missingScope } from '../requests/scopes.js';
import { ServerFactory } from '../server/server-factory.js';
import { Tools } from '../tools/tools.js';
import type { HttpExchange } from './http-exchange.js';
import { messagesOf } from './json-rpc.js';
import { asksToListen, SubscriptionStreams } from './subscription-streams.js';

/** Revision 2026-07-28, which has no handshake and no session. */
@Injectable()
export class ModernExchange implements OnApplicationShutdown {
  private readonly auto;
  private readonly events;

  constructor(
    private readonly servers: ServerFactory,
    private readonly subscriptions: SubscriptionStreams,
    private readonly tools: Tools,
    @Inject(LOG) private readonly log: Log,
  ) {
    // `auto` answers with JSON unless a message is sent before the answer. A client that does not accept an event
    // stream gets no message before the answer.
    this.auto = this.handler('auto');
    this.events = this.handler('sse');
  }

  /** `takesJson`: whether the client accepts plain JSON as well as an event stream. */
  async answer(request: Request, exchange: HttpExchange, takesJson: boolean): Promise<Response> {
    const { requestContext, body } = exchange;
    const operation = this.operationIn(body);
    const missing = operation && missingScope(requestContext.caller, operation.contract);
    if (missing) return insufficient(requestContext, missing);
    if (asksToListen(body)) return this.subscriptions.answer(request, exchange);
    const opensAtOnce = requestContext.streams && (!takesJson || operation !== undefined);
    const handler = opensAtOnce ? this.events : this.auto;
    return handler.fetch(request, { authInfo: toAuthInfo(requestContext), parsedBody: body });
  }

  /** Called after the last answers are sent. */
  async onApplicationShutdown() {
    await Promise.all([this.auto.close(), this.events.close()]);
  }

  /**
   * The operation of a tool call. It may wait, so its event stream is opened immediately and kept alive. For other
   * methods the stream is opened only when there is a message to send, because opening it sends the status, and some
   * protocol errors need another status.
   */
  private operationIn(body: unknown) {
    const [{ method, params } = {}] = messagesOf(body);
    return method === 'tools/call' ? this.tools.find(String(params?.name)) : undefined;
  }

  private handler(responseMode: 'auto' | 'sse') {
    return createMcpHandler(({ authInfo }) => this.servers.create(requestContextOf(authInfo)), {
      legacy: 'reject',
      responseMode,
      // Mostly refused requests, whose answer contains the error as well.
      onerror: (err) => this.log.debug({ err }),
    });
  }
}

/**
 * Clients of this revision request a wider token after a 403. Earlier ones would give up, so they get the error in the
 * result.
 */
function insufficient({ requestId, challenge }: McpRequestContext, scope: Scope): Response {
  const facts = { scope, error: 'insufficient_scope' };
  const problem = toProblem(new DomainError('INSUFFICIENT_SCOPE', `scope ${scope} is needed`, facts), requestId);
  return Response.json(problem, { status: 403, headers: { 'www-authenticate': challenge(scope) } });
}
