/** Tasks with the same key run one after another, in the order in which they came; others run at the same time. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  take<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.last.get(key) ?? Promise.resolve();
    const mine = before.then(task);
    const done: Promise<unknown> = mine.then(
      () => this.leave(key, done),
      () => this.leave(key, done),
    );
    this.last.set(key, done);
    return mine;
  }

  private leave(key: string, done: Promise<unknown>) {
    if (this.last.get(key) === done) this.last.delete(key);
  }
}
