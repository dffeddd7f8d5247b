import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Request, Response } from 'express';
import { challengeFor, unauthenticated } from '../auth/challenge.js';
import { enter } from '../kernel/admission.js';
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
import { Listening } from './listening.js';
import { logFieldsOf } from './log-fields.js';
import { ServerFactory } from './server-factory.js';

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
    @Inject(LOG) private readonly log: Log,
  ) {
    // `auto` is JSON until something is said before the answer. Who takes no events is told nothing before it.
    this.modern = { auto: this.modernHandler('auto'), events: this.modernHandler('sse') };
  }

  async serve(request: Request, response: Response) {
    const { caller, id: requestId } = request;
    if (!caller) return this.challenge(request, response);
    if (!METHODS.includes(request.method)) return notAllowed(response);
    if (isTooMany(request.body)) return void response.status(400).json(refusal(-32600, TOO_MANY));
    // A stream is no call and counts as one; what is called in the body counts where it is called.
    if (request.method === 'GET') whenClosed(response, await enter({ caller, cost: 1 }));
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
      const challenge = () => challengeFor(this.config, 'INSUFFICIENT_SCOPE', request.path, request.headers.host);
      const asking: Asking = { caller, requestId, era, streams, challenge };
      const opensAtOnce = streams && (!takesJson || this.callsOperation(body));
      return this.answer(web, { asking, body, closed: closed.signal }, opensAtOnce);
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
    if (Listening.isAskedBy(exchange)) return this.listening.answer(web, exchange);
    const handler = opensAtOnce ? this.modern.events : this.modern.auto;
    return handler.fetch(web, { authInfo: toAuthInfo(asking), parsedBody: body });
  }

  /**
   * It may wait, and its stream is kept alive meanwhile. A stream has sent its status, so nothing else gets one before there
   * is something to say: some errors of the protocol are told by the status.
   */
  private callsOperation(body: unknown): boolean {
    const [message] = messagesOf(body);
    const name = message?.method === 'tools/call' ? message.params?.name : undefined;
    return typeof name === 'string' && this.catalog.find(name) !== undefined;
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
