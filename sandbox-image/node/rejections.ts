import { Unhandled } from '../../bot-sdk/unhandled.js';

let current = new Unhandled<unknown, unknown>();

/** Records promises that are rejected without a handler from now on. A process runs one hook at a time. */
export function watchRejections(): Unhandled<unknown, unknown> {
  current = new Unhandled();
  return current;
}

/**
 * Records errors thrown in callbacks of Node. Only for a process of one hook; elsewhere such an error would be a bug of
 * the harness.
 */
export function watchCallbacks(): void {
  process.on('uncaughtException', (error) => {
    current.add({}, error);
  });
}

// With a listener the process does not end, so that it can run further hooks.
process.on('unhandledRejection', (reason, promise) => {
  current.add(promise, reason);
});
process.on('rejectionHandled', (promise) => current.remove(promise));
