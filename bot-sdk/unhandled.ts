/** Further rejections are only counted, because a bot can create any number. */
const MAX_KEPT = 1_000;

/** The rejected promises of one run that have no handler yet, oldest first. */
export class Unhandled<P, R> {
  private readonly kept = new Map<P, R>();
  private more = 0;

  /** Adds a promise and returns whether it is kept. */
  add(promise: P, reason: R): boolean {
    if (this.kept.size < MAX_KEPT) this.kept.set(promise, reason);
    else this.more += 1;
    return this.kept.has(promise);
  }

  /** A handler was added later. */
  remove(promise: P): void {
    if (!this.kept.delete(promise)) this.more -= 1;
  }

  get isEmpty(): boolean {
    return this.kept.size === 0 && this.more <= 0;
  }

  /** The oldest kept promise. */
  get first(): { promise: P; reason: R } | undefined {
    const [entry] = this.kept;
    return entry && { promise: entry[0], reason: entry[1] };
  }
}
