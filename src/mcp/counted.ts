import { enter } from '../kernel/admission.js';
import type { Asking } from './asking.js';
import type { Handlers } from './handlers.js';
import { toProtocolError } from './protocol-error.js';

/** Methods that make the server work. A tool call is counted by its operation, and what else there is costs nothing. */
const COUNTED: readonly (keyof Handlers)[] = [
  'tools/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
];

/** The same handlers, where each call of a method that makes the server work weighs as a call of an operation does. */
export function counted(handlers: Handlers, { caller, requestId }: Asking): Handlers {
  const around = (handler: (request: never, context: never) => unknown) => async (request: never, context: never) => {
    const leave = await enter({ caller, cost: 1 }).catch((error) => {
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
