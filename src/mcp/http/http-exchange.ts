import { FirstOf } from '../../kernel/first-of.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';

export interface HttpExchange {
  readonly requestContext: McpRequestContext;
  /** The parsed body; undefined if it is missing or invalid. */
  readonly body: unknown;
  /** Aborts when the response is sent or the client disconnects. */
  readonly closed: AbortSignal;
}

/** The maximum delay of a timer. */
const MAX_MS = 2_147_483_647;

/** Aborts when a stream must end: the client disconnects, its grant ends, or its token expires. */
export function endOf({ closed, requestContext: { caller } }: HttpExchange): AbortSignal {
  const remaining = Math.max(0, (caller.expiresAt ?? Number.POSITIVE_INFINITY) - Date.now());
  const over = new FirstOf([closed, caller.ended], Math.min(remaining, MAX_MS));
  over.signal.addEventListener('abort', () => over[Symbol.dispose]());
  return over.signal;
}
