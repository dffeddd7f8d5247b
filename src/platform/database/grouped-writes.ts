import type SqliteDatabase from 'better-sqlite3';
import { WriteGroup } from './write-group.js';

/** What became of a write. Wrapped, so that the next write does not wait for the commit of this one. */
interface Attempt<T> {
  readonly acknowledged: Promise<T>;
}

/**
 * Runs writes one after another, and commits those that come at the same time together, because a commit waits for the
 * disk. Each write has a savepoint of its own: if it fails, it alone is rolled back. A group is committed when a turn of
 * the event loop has brought no further write, or when it is full.
 */
export class GroupedWrites {
  private readonly statements;
  private tail: Promise<unknown> = Promise.resolve();
  private group: WriteGroup | undefined;
  private unfinished = 0;

  constructor(
    private readonly connection: SqliteDatabase.Database,
    private readonly maxGroupMs: number,
  ) {
    this.statements = {
      begin: connection.prepare('BEGIN IMMEDIATE'),
      commit: connection.prepare('COMMIT'),
      rollback: connection.prepare('ROLLBACK'),
      save: connection.prepare('SAVEPOINT one_write'),
      release: connection.prepare('RELEASE one_write'),
      undo: connection.prepare('ROLLBACK TO one_write'),
    };
  }

  /**
   * Runs `work` after all earlier writes. Resolves when its changes are on the disk, after `follow` was called; in the
   * order of the writes. A failure is reported only then as well, because `work` may have seen changes of the group. If
   * the commit fails, every write of the group fails.
   */
  run<T>(work: () => Promise<T>, follow: () => void): Promise<T> {
    this.unfinished += 1;
    const turn = this.tail.then(() => this.attempt(work, follow));
    this.tail = turn.catch(() => undefined);
    return turn.then(({ acknowledged }) => acknowledged);
  }

  /** Finishes what was begun. */
  async close() {
    await this.tail;
    if (this.group) this.commit(this.group);
  }

  private async attempt<T>(work: () => Promise<T>, follow: () => void): Promise<Attempt<T>> {
    try {
      this.group ??= this.begin();
      return await this.saved(this.group, work, follow);
    } finally {
      this.unfinished -= 1;
      if (this.group?.isFull) this.commit(this.group);
      else if (this.group) this.commitWhenQuiet(this.group);
    }
  }

  private begin(): WriteGroup {
    this.statements.begin.run();
    return new WriteGroup(this.maxGroupMs);
  }

  private async saved<T>(group: WriteGroup, work: () => Promise<T>, follow: () => void): Promise<Attempt<T>> {
    group.writes += 1;
    try {
      this.statements.save.run();
      const result = await work();
      this.statements.release.run();
      return { acknowledged: group.afterCommit(result, follow) };
    } catch (error) {
      this.undo(group, error);
      return { acknowledged: group.afterwards(error) };
    }
  }

  /** A full disk and some other errors make SQLite roll back the whole transaction, with all writes of the group. */
  private undo(group: WriteGroup, error: unknown) {
    if (!this.connection.inTransaction) return this.abandon(group, error);
    try {
      this.statements.undo.run();
      this.statements.release.run();
    } catch {
      this.abandon(group, error);
    }
  }

  private commitWhenQuiet(group: WriteGroup) {
    if (this.unfinished || group.isWatched) return;
    const { writes } = group;
    group.isWatched = true;
    setImmediate(() => {
      group.isWatched = false;
      // The end of an unfinished write comes back here.
      if (this.group !== group || this.unfinished) return;
      if (group.writes > writes) this.commitWhenQuiet(group);
      else this.commit(group);
    });
  }

  private commit(group: WriteGroup) {
    try {
      this.statements.commit.run();
    } catch (error) {
      return this.abandon(group, error);
    }
    this.group = undefined;
    group.succeed();
  }

  private abandon(group: WriteGroup, error: unknown) {
    this.group = undefined;
    try {
      if (this.connection.inTransaction) this.statements.rollback.run();
    } finally {
      group.fail(error);
    }
  }
}
