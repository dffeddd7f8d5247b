import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** An older lock belongs to a process that was killed: a refresh takes less time. */
const STALE_LOCK_MS = 60_000;
const LOOK_AGAIN_MS = 50;

/**
 * A secret file in a folder of its own: readable only by its owner, replaced in one step, written by one process at a
 * time.
 */
export class Store<T extends object> {
  private readonly file: string;
  private readonly lock: string;

  constructor(
    private readonly folder: string,
    name: string,
  ) {
    this.file = join(folder, name);
    this.lock = `${this.file}.lock`;
  }

  /** The content; undefined if there is none or it is invalid. */
  async read(): Promise<T | undefined> {
    try {
      const { mode } = await stat(this.file);
      if (mode & 0o077) await chmod(this.file, 0o600);
      return JSON.parse(await readFile(this.file, 'utf8')) as T;
    } catch {
      return undefined;
    }
  }

  async write(value: T) {
    await this.makeFolder();
    const draft = `${this.file}.${randomBytes(6).toString('hex')}`;
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(value, null, 2));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.file);
  }

  async remove() {
    await rm(this.file, { force: true });
  }

  /** Runs `work` under a lock between all processes of this machine. */
  async exclusively<R>(work: () => Promise<R>): Promise<R> {
    await this.makeFolder();
    await this.take();
    try {
      return await work();
    } finally {
      await rm(this.lock, { force: true });
    }
  }

  private async take() {
    for (;;) {
      try {
        await (await open(this.lock, 'wx', 0o600)).close();
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      // A process that was killed cannot release its lock.
      const held = await stat(this.lock).catch(() => undefined);
      if (held && Date.now() - held.mtimeMs > STALE_LOCK_MS) await rm(this.lock, { force: true });
      else await setTimeout(LOOK_AGAIN_MS);
    }
  }

  private async makeFolder() {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }
}
