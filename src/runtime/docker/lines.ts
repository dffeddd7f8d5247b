/** More than a bot can have waiting: the server asks for one hook after another. */
const MOST_WAITING = 16;

/** One line of work per key: what is asked under one key happens one after another, whatever happens under others. */
export class Lines {
  private readonly lines = new Map<string, { tail: Promise<unknown>; length: number }>();

  isEmpty(key: string): boolean {
    return !this.lines.has(key);
  }

  /** What the work gives, or undefined when too much waits under this key. */
  async next<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    const line = this.lines.get(key) ?? { tail: Promise.resolve(), length: 0 };
    if (line.length > MOST_WAITING) return undefined;
    this.lines.set(key, line);
    line.length += 1;
    const mine = line.tail.then(work);
    line.tail = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.lines.delete(key);
    }
  }
}
