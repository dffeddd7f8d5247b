/** Is told of a failure that nobody waits for: what was being done, and the error. */
export type FailureListener = (during: string, error: unknown) => void;

const listeners = new Set<FailureListener>();

/** Tells the listener of every failure of work in the background. Answers with the way to stop that. */
export function onBackgroundFailure(listener: FailureListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * For work whose end nobody awaits: its failure is told to the server's log and metrics instead of ending the process.
 * `during` names the work in a few words of ours, never of a caller. `undefined` stands for work that there was no need for.
 */
export function inBackground(during: string, work: Promise<unknown> | undefined): void {
  work?.catch((error: unknown) => tellFailure(during, error));
}

/** Tells the listeners; without any (a tool that has no server) standard error hears it, so that it is never lost. */
export function tellFailure(during: string, error: unknown): void {
  for (const listener of listeners) listener(during, error);
  if (listeners.size === 0) console.error(`${during} failed:`, error);
}
