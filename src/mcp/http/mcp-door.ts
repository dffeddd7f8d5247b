import { toNodeHandler } from '@modelcontextprotocol/node';
import { isLegacyRequest } from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { admitCall } from '../../kernel/admission.js';
import type { Caller, Scope } from '../../kernel/caller.js';
import { GONE } from '../../kernel/gone.js';
import { challengeFor, scopesWith } from '../../oauth/bearer/challenge.js';
import { OperationCatalog } from '../../platform/catalogs/operation-catalog.js';
import { Config } from '../../platform/config/config.js';
import { CAPS } from '../../platform/limits/caps.js';
import { whenClosed } from '../../platform/limits/when-closed.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { readToolsets } from '../tools/toolsets.js';
import type { HttpExchange } from './http-exchange.js';
import { refusal } from './json-rpc.js';
import { LegacyExchange } from './legacy-exchange.js';
import { lenientMessage } from './lenient-message.js';
import { logFieldsOf } from './log-fields.js';
import { ModernExchange } from './modern-exchange.js';
import { asksToListen } from './subscription-streams.js';

/** Without TRACE, for which a web Request, as the SDK requires it, cannot be created. */
const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD'];

/**
 * One endpoint for every MCP revision: 2026-07-28, which has no handshake, and earlier ones. A client that does not
 * accept an event stream gets plain JSON.
 */
@Injectable()
export class McpDoor {
  constructor(
    private readonly config: Config,
    private readonly catalog: OperationCatalog,
    private readonly legacy: LegacyExchange,
    private readonly modern: ModernExchange,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async serve(request: Request, response: Response, caller: Caller) {
    const { id: requestId } = request;
    if (!METHODS.includes(request.method)) return notAllowed(response);
    // If express did not parse the body, it is refused: the SDK would read up to 4 MB of it.
    if (request.method === 'POST' && request.body === undefined) return notJson(response);
    if (isTooMany(request.body)) return void response.status(400).json(refusal(-32600, TOO_MANY));
    const toolsets = readToolsets(request.query.tools);
    if (typeof toolsets === 'string') return void response.status(400).json(refusal(-32602, toolsets));
    // Opening a stream is not a call but is counted as one; calls in a body are counted where they are executed.
    if (request.method === 'GET' || asksToListen(request.body))
      whenClosed(response, await admitCall({ caller, cost: 1 }));
    const closed = new AbortController();
    response.on('close', () => closed.abort(GONE));
    const body = lenientMessage(request.body);
    const { accept = '' } = request.headers;
    const streams = /\btext\/event-stream\b/i.test(accept);
    const takesJson = /\bapplication\/(json|\*)|\*\/\*/i.test(accept);
    // The SDK refuses a client that does not accept both types; the client's own header was read above.
    request.headers.accept = 'application/json, text/event-stream';
    const fetch = async (web: globalThis.Request) => {
      const era = (await isLegacyRequest(web, body)) ? 'legacy' : 'modern';
      request.logFields = logFieldsOf(request, body, era, this.catalog);
      const { path, headers } = request;
      const challenge = (scope: Scope) =>
        challengeFor(this.config, 'INSUFFICIENT_SCOPE', path, headers.host, scopesWith(caller.scopes, scope));
      const requestContext: McpRequestContext = { caller, requestId, era, streams, toolsets, challenge };
      const exchange: HttpExchange = { requestContext, body, closed: closed.signal };
      return era === 'legacy' ? this.legacy.answer(web, exchange) : this.modern.answer(web, exchange, takesJson);
    };
    const onerror = (err: Error) => this.log.error({ request_id: requestId, err });
    await toNodeHandler({ fetch }, { onerror })(request, response as never, body);
  }
}

const MAX_MESSAGES = CAPS.batch_messages.most;
const TOO_MANY = `Invalid request: at most ${MAX_MESSAGES} messages in one batch.`;
const isTooMany = (body: unknown) => Array.isArray(body) && body.length > MAX_MESSAGES;

const notAllowed = (response: Response) =>
  void response.status(405).set('Allow', METHODS.join(', ')).json(refusal(-32000, 'Method not allowed.'));

const notJson = (response: Response) =>
  void response.status(415).json(refusal(-32000, 'Unsupported Media Type: Content-Type must be application/json'));
