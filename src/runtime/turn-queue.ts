/** A queue that takes keys in turn: whoever has a thousand things waiting delays the next one's first by one. */
export class TurnQueue<T> {
  private readonly waiting = new Map<string, T[]>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(key: string, item: T): void {
    const line = this.waiting.get(key);
    if (line) line.push(item);
    else this.waiting.set(key, [item]);
    this.count += 1;
  }

  shift(): T | undefined {
    const [turn] = this.waiting;
    if (!turn) return undefined;
    const [key, line] = turn;
    const item = line.shift();
    this.count -= 1;
    // A map keeps the order of entry: entered again, the key comes after all others.
    this.waiting.delete(key);
    if (line.length > 0) this.waiting.set(key, line);
    return item;
  }

  /** Takes out what the test picks. */
  remove(picks: (item: T) => boolean): T[] {
    return [...this.waiting].flatMap(([key, line]) => {
      const [gone, kept] = [line.filter(picks), line.filter((item) => !picks(item))];
      this.count -= gone.length;
      if (kept.length > 0) this.waiting.set(key, kept);
      else this.waiting.delete(key);
      return gone;
    });
  }
}
