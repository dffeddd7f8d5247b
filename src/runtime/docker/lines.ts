/** The maximum number of waiting jobs per key. The server requests one hook at a time, so a bot cannot reach it. */
const MAX_WAITING = 16;

/** Runs jobs with the same key one after another; jobs with different keys run concurrently. */
export class Lines {
  private readonly lines = new Map<string, { tail: Promise<unknown>; length: number }>();

  isEmpty(key: string): boolean {
    return !this.lines.has(key);
  }

  /** The result of the job; undefined if too many jobs wait under this key. */
  async next<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    const line = this.lines.get(key) ?? { tail: Promise.resolve(), length: 0 };
    if (line.length > MAX_WAITING) return undefined;
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
