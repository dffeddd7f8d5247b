import type { WebRefusalError } from './refusal.js';

/**
 * A signal that aborts when the outer signal does, or after a time with `refusal` as its reason. Not `AbortSignal.any`
 * with `AbortSignal.timeout`: some versions of Node garbage-collect that signal before it fires.
 */
export class AbortDeadline implements Disposable {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly pass = () => this.controller.abort(this.outer.reason);

  constructor(
    private readonly outer: AbortSignal,
    ms: number,
    refusal: WebRefusalError,
  ) {
    this.timer = setTimeout(() => this.controller.abort(refusal), ms);
    outer.addEventListener('abort', this.pass);
    if (outer.aborted) this.pass();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  [Symbol.dispose]() {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.pass);
  }
}

/** Resolves like `work`, or rejects with the signal's reason as soon as it aborts and calls `undo` to stop the work. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>, undo: () => void): Promise<T> {
  let aborted = () => {};
  const end = new Promise<never>((_, reject) => {
    aborted = () => reject(signal.reason);
  });
  // The one that rejects second must not cause an unhandled rejection.
  end.catch(() => {});
  work.catch(() => {});
  signal.addEventListener('abort', aborted);
  if (signal.aborted) aborted();
  try {
    return await Promise.race([work, end]);
  } catch (error) {
    undo();
    throw error;
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}
