/** A queue in which keys take turns: a thousand items of one key delay the first item of another by one. */
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
    // A map keeps insertion order: a key that is deleted and set again comes after all others.
    this.waiting.delete(key);
    if (line.length > 0) this.waiting.set(key, line);
    return item;
  }

  /** Removes and returns the items for which the predicate is true. */
  remove(predicate: (item: T) => boolean): T[] {
    return [...this.waiting].flatMap(([key, line]) => {
      const [gone, kept] = [line.filter(predicate), line.filter((item) => !predicate(item))];
      this.count -= gone.length;
      if (kept.length > 0) this.waiting.set(key, kept);
      else this.waiting.delete(key);
      return gone;
    });
  }
}
