/**
 * A map with a maximum size: the entry that was set longest ago is deleted first. Setting a key again makes it the
 * newest.
 */
export class BoundedMap<T> {
  private readonly kept = new Map<string, T>();

  constructor(private readonly maxSize: number) {}

  has(key: string): boolean {
    return this.kept.has(key);
  }

  get(key: string): T | undefined {
    return this.kept.get(key);
  }

  set(key: string, value: T) {
    // A map keeps the order of entry.
    this.kept.delete(key);
    this.kept.set(key, value);
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.maxSize && oldest !== undefined) this.kept.delete(oldest);
  }

  delete(key: string) {
    this.kept.delete(key);
  }
}
