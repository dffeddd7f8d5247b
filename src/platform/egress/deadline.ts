import type { WebRefusal } from './refusal.js';

/**
 * Aborts when the outer signal does, or by itself after some time with `refusal`. Made by hand because
 * `AbortSignal.any` with `AbortSignal.timeout` is lost to the garbage collector in some versions of Node.
 */
export class Deadline implements Disposable {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly pass = () => this.controller.abort(this.outer.reason);

  constructor(
    private readonly outer: AbortSignal,
    ms: number,
    refusal: WebRefusal,
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

/** What the work comes to, or the signal's reason as soon as it aborts. `undo` stops the work then. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>, undo: () => void): Promise<T> {
  let aborted = () => {};
  const end = new Promise<never>((_, reject) => {
    aborted = () => reject(signal.reason);
  });
  // Whichever comes second must not be an unhandled rejection.
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
