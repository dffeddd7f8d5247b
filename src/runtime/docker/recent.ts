/** A map of so many things at most: what was put in first goes first. */
export class Recent<T> {
  private readonly kept = new Map<string, T>();

  constructor(private readonly most: number) {}

  has(key: string): boolean {
    return this.kept.has(key);
  }

  get(key: string): T | undefined {
    return this.kept.get(key);
  }

  set(key: string, value: T) {
    this.kept.set(key, value);
    const [first] = this.kept.keys();
    if (this.kept.size > this.most && first !== undefined) this.kept.delete(first);
  }
}
