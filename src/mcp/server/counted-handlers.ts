import { admitCall } from '../../kernel/admission.js';
import type { Handlers } from '../requests/handlers.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { toProtocolError } from '../requests/protocol-error.js';

/** Methods that count against the rate limits. A tool call is counted by its operation; other methods are free. */
const COUNTED: readonly (keyof Handlers)[] = [
  'tools/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
];

/** Wraps the handlers so that each counted method costs as much as an operation. */
export function countedHandlers(handlers: Handlers, { caller, requestId }: McpRequestContext): Handlers {
  const around = (handler: (request: never, context: never) => unknown) => async (request: never, context: never) => {
    const leave = await admitCall({ caller, cost: 1 }).catch((error) => {
      throw toProtocolError(error, requestId) ?? error;
    });
    try {
      return await handler(request, context);
    } finally {
      leave();
    }
  };
  const entries = Object.entries(handlers).map(([method, handler]) => [
    method,
    COUNTED.includes(method as keyof Handlers) ? around(handler as never) : handler,
  ]);
  return Object.fromEntries(entries) as Handlers;
}
