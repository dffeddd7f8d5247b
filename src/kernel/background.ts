/** Receives a failure of work that nobody awaits: what was being done, and the error. */
export type FailureListener = (during: string, error: unknown) => void;

const listeners = new Set<FailureListener>();

/** Registers a listener for every failure of background work. Returns the function that removes it. */
export function onBackgroundFailure(listener: FailureListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Runs work that nobody awaits: a failure is logged and counted instead of ending the process. `during` names the work
 * in our own words, never with a caller's text. `undefined` means that there was nothing to do.
 */
export function inBackground(during: string, work: Promise<unknown> | undefined): void {
  work?.catch((error: unknown) => reportFailure(during, error));
}

/** Reports a failure to the listeners, or to standard error if there are none (as in a command line tool). */
export function reportFailure(during: string, error: unknown): void {
  for (const listener of listeners) listener(during, error);
  if (listeners.size === 0) console.error(`${during} failed:`, error);
}
