import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Request, Response } from 'express';
import { challengeFor, scopesWith, unauthenticated } from '../auth/challenge.js';
import { enter } from '../kernel/admission.js';
import type { Scope } from '../kernel/caller.js';
import { DomainError, toProblem } from '../kernel/errors.js';
import { Config } from '../platform/config.js';
import { CAPS } from '../platform/limits/caps.js';
import { whenClosed } from '../platform/limits/when-closed.js';
import type { Log } from '../platform/logging.js';
import { OperationCatalog } from '../platform/operation-catalog.js';
import { LOG } from '../platform/platform.module.js';
import { type Asking, askingOf, toAuthInfo } from './asking.js';
import type { Exchange } from './exchange.js';
import { messagesOf, refusal } from './json-rpc.js';
import { LegacyExchange } from './legacy-exchange.js';
import { lenientMessage } from './lenient-message.js';
import { asksToListen, Listening } from './listening.js';
import { logFieldsOf } from './log-fields.js';
import { missingScope } from './scopes.js';
import { ServerFactory } from './server-factory.js';
import { Tools } from './tools.js';
import { readToolsets } from './toolsets.js';

/** TRACE is not among them: a web Request, which the SDK wants, cannot be made of it. */
const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD'];

/**
 * One endpoint for every revision of MCP: 2026-07-28, which has no handshake, and those before it. Nobody is served
 * without a token, and a client that offers no event stream is answered in plain JSON.
 */
@Injectable()
export class McpDoor implements OnApplicationShutdown {
  private readonly modern;

  constructor(
    private readonly config: Config,
    private readonly catalog: OperationCatalog,
    private readonly legacy: LegacyExchange,
    private readonly listening: Listening,
    private readonly servers: ServerFactory,
    private readonly tools: Tools,
    @Inject(LOG) private readonly log: Log,
  ) {
    // `auto` is JSON until something is said before the answer. Who takes no events is told nothing before it.
    this.modern = { auto: this.modernHandler('auto'), events: this.modernHandler('sse') };
  }

  async serve(request: Request, response: Response) {
    const { caller, id: requestId } = request;
    if (!caller) return this.challenge(request, response);
    if (!METHODS.includes(request.method)) return notAllowed(response);
    // What was not read as JSON is not read at all: the SDK would take up to 4 MB of it.
    if (request.method === 'POST' && request.body === undefined) return notJson(response);
    if (isTooMany(request.body)) return void response.status(400).json(refusal(-32600, TOO_MANY));
    const toolsets = readToolsets(request.query.tools);
    if (typeof toolsets === 'string') return void response.status(400).json(refusal(-32602, toolsets));
    // A stream is no call and counts as one; what is called in the body counts where it is called.
    if (request.method === 'GET' || asksToListen(request.body)) whenClosed(response, await enter({ caller, cost: 1 }));
    const closed = new AbortController();
    response.on('close', () => closed.abort());
    const body = lenientMessage(request.body);
    const { accept = '' } = request.headers;
    const streams = /\btext\/event-stream\b/i.test(accept);
    const takesJson = /\bapplication\/(json|\*)|\*\/\*/i.test(accept);
    // The SDK refuses a client that does not offer both; which of them it wants has just been read.
    request.headers.accept = 'application/json, text/event-stream';
    const fetch = async (web: globalThis.Request) => {
      const era = (await isLegacyRequest(web, body)) ? 'legacy' : 'modern';
      request.logFields = logFieldsOf(request, body, era, this.catalog);
      const { path, headers } = request;
      const challenge = (scope: Scope) =>
        challengeFor(this.config, 'INSUFFICIENT_SCOPE', path, headers.host, scopesWith(caller.scopes, scope));
      const asking: Asking = { caller, requestId, era, streams, toolsets, challenge };
      const exchange: Exchange = { asking, body, closed: closed.signal };
      const opensAtOnce = streams && (!takesJson || this.operationIn(exchange) !== undefined);
      return this.answer(web, exchange, opensAtOnce);
    };
    const onerror = (err: Error) => this.log.error({ request_id: requestId, err });
    await toNodeHandler({ fetch }, { onerror })(request, response as never, body);
  }

  /** After the last answers are out. */
  async onApplicationShutdown() {
    await Promise.all([this.modern.auto.close(), this.modern.events.close()]);
  }

  private challenge(request: Request, response: Response) {
    response
      .status(401)
      .set('WWW-Authenticate', challengeFor(this.config, 'AUTHENTICATION_REQUIRED', request.path, request.headers.host))
      .set('Cache-Control', 'no-store')
      .json(unauthenticated(this.config, request.id, request.headers.host));
  }

  private async answer(web: globalThis.Request, exchange: Exchange, opensAtOnce: boolean) {
    const { asking, body } = exchange;
    if (asking.era === 'legacy') return this.legacy.answer(web, exchange);
    const missing = this.missingFor(exchange);
    if (missing) return insufficient(asking, missing);
    if (asksToListen(body)) return this.listening.answer(web, exchange);
    const handler = opensAtOnce ? this.modern.events : this.modern.auto;
    return handler.fetch(web, { authInfo: toAuthInfo(asking), parsedBody: body });
  }

  /** What the token of a tool call would have to cover as well. */
  private missingFor(exchange: Exchange): Scope | undefined {
    const operation = this.operationIn(exchange);
    return operation && missingScope(exchange.asking.caller, operation.contract);
  }

  /**
   * The operation that a tool call is for. It may wait, and its stream is kept alive meanwhile. A stream has sent its status,
   * so nothing else opens one before there is something to say: some errors of the protocol are told by the status.
   */
  private operationIn({ asking, body }: Exchange) {
    const [{ method, params } = {}] = messagesOf(body);
    return method === 'tools/call' ? this.tools.find(String(params?.name), asking) : undefined;
  }

  private modernHandler(responseMode: 'auto' | 'sse') {
    return createMcpHandler(({ authInfo }) => this.servers.create(askingOf(authInfo)), {
      legacy: 'reject',
      responseMode,
      // Mostly requests that it refused, which their answer says as well.
      onerror: (err) => this.log.debug({ err }),
    });
  }
}

const MOST_MESSAGES = CAPS.batch_messages.most;
const TOO_MANY = `Invalid request: at most ${MOST_MESSAGES} messages in one batch.`;
const isTooMany = (body: unknown) => Array.isArray(body) && body.length > MOST_MESSAGES;

const notAllowed = (response: Response) =>
  void response.status(405).set('Allow', METHODS.join(', ')).json(refusal(-32000, 'Method not allowed.'));

const notJson = (response: Response) =>
  void response.status(415).json(refusal(-32000, 'Unsupported Media Type: Content-Type must be application/json'));

/** Clients of this revision ask for a wider token on a 403; those before it would give up, and are told in the result. */
function insufficient({ requestId, challenge }: Asking, scope: Scope): globalThis.Response {
  const facts = { scope, error: 'insufficient_scope' };
  const problem = toProblem(new DomainError('INSUFFICIENT_SCOPE', `scope ${scope} is needed`, facts), requestId);
  return globalThis.Response.json(problem, { status: 403, headers: { 'www-authenticate': challenge(scope) } });
}
