import { enter } from '../kernel/admission.js';
import type { Asking } from './asking.js';
import { toProtocolError } from './protocol-error.js';

/** Does what is asked for beside the operations, counted as one call of the cheapest. */
export async function admitted<T>({ caller, requestId }: Asking, work: () => T | Promise<T>): Promise<T> {
  const leave = await enter({ caller, cost: 1 }).catch((error) => {
    throw toProtocolError(error, requestId) ?? error;
  });
  try {
    return await work();
  } finally {
    leave();
  }
}
