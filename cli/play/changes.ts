import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Editors may write several times when they save. */
const SETTLED_MS = 150;

/** Watches files for changes, from its creation on. */
export class Changes {
  private isChanged = false;
  private wake = () => {};

  private constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wake(), { once: true });
  }

  /** Watches files, and folders with all their contents, until the signal aborts. */
  static async of(paths: readonly string[], signal: AbortSignal): Promise<Changes> {
    const changes = new Changes(signal);
    // The parent folder is watched, because editors may replace the file.
    const folders = paths.map(async (path) => resolve((await stat(path)).isDirectory() ? path : dirname(path)));
    for (const folder of new Set(await Promise.all(folders))) {
      const watcher = watch(folder, () => changes.note());
      signal.addEventListener('abort', () => watcher.close(), { once: true });
    }
    return changes;
  }

  /** Resolves after the next change, when no further one follows immediately, or when the signal aborts. */
  async next(): Promise<void> {
    while (!this.signal.aborted && !this.isChanged) await new Promise<void>((wake) => (this.wake = wake));
    while (!this.signal.aborted && this.isChanged) {
      this.isChanged = false;
      await setTimeout(SETTLED_MS, undefined, { signal: this.signal }).catch(() => {});
    }
  }

  private note() {
    this.isChanged = true;
    this.wake();
  }
}
