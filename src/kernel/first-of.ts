/**
 * A signal that fires with the first of some others, or after a time; until it is let go of. It is made by hand because
 * `AbortSignal.any` and `AbortSignal.timeout` register what they make with the garbage collector, which then keeps it, and all
 * that listens to it, until it next looks through the whole heap: under load that is everything that was ever asked.
 */
export class FirstOf implements Disposable {
  private readonly controller = new AbortController();
  private readonly sources: readonly AbortSignal[];
  private readonly timer?: NodeJS.Timeout;
  private readonly fire = (event: Event) => this.controller.abort((event.target as AbortSignal).reason);

  /** After `ms` it fires by itself, if that is given. */
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
