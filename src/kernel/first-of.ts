/**
 * A signal that aborts when the first of its sources does, or after a time, until it is disposed. It replaces
 * `AbortSignal.any` and `AbortSignal.timeout`, whose signals stay in memory with all their listeners until a full
 * garbage collection, which costs too much memory under load.
 */
export class FirstOf implements Disposable {
  private readonly controller = new AbortController();
  private readonly sources: readonly AbortSignal[];
  private readonly timer?: NodeJS.Timeout;
  private readonly fire = (event: Event) => this.controller.abort((event.target as AbortSignal).reason);

  /** Aborts after `ms` milliseconds as well, if given. */
  constructor(sources: readonly (AbortSignal | undefined)[], ms?: number) {
    this.sources = sources.filter((source) => source !== undefined);
    const gone = this.sources.find(({ aborted }) => aborted);
    if (gone) this.controller.abort(gone.reason);
    for (const source of this.sources) source.addEventListener('abort', this.fire);
    if (ms !== undefined) this.timer = setTimeout(() => this.controller.abort(new Error('too late')), ms);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  [Symbol.dispose]() {
    clearTimeout(this.timer);
    for (const source of this.sources) source.removeEventListener('abort', this.fire);
  }
}
