import type { EntityManager } from 'typeorm';
import { reportFailure } from '../../kernel/background.js';
import { DomainError } from '../../kernel/errors.js';

/**
 * The tables of the application. app.module passes them in, because the modules that own them come later in the line of
 * modules.
 */
export interface Schema {
  // biome-ignore lint/complexity/noBannedTypes: TypeORM takes classes of any kind
  readonly entities: Function[];
  // biome-ignore lint/complexity/noBannedTypes: TypeORM takes classes of any kind
  readonly migrations: Function[];
}
export const SCHEMA = Symbol('schema');

/** The only access to the database. No other module knows which database it is. */
export abstract class Database {
  /**
   * For queries outside a write: it only reads, and sees only committed data. Inside a write it is that write's own
   * transaction, because earlier writes may be committed together with it.
   */
  abstract readonly read: EntityManager;

  /**
   * Runs `work` in a transaction: all of it commits, or nothing. `work` touches only the database, and awaits nothing
   * else; it may run again if it was in conflict with another write, so what it changes in memory waits for the commit.
   * Writes about the same `subject` (the id of a channel) take turns. Inside another write it joins that transaction.
   */
  abstract write<T>(work: (tx: EntityManager) => Promise<T>, subject?: string): Promise<T>;

  /** Runs `done` after the current write has committed, in commit order; never if the write fails. */
  abstract afterCommit(done: () => void): void;

  /** Whether an error of `read` or `write` means that the database cannot be reached. */
  isLost(_error: unknown): boolean {
    return false;
  }

  /** The error for the caller of an operation that failed with `error`, which stays as it is if the database was reached. */
  failureOf(error: unknown): unknown {
    return this.isLost(error) ? new DomainError('DATABASE_UNAVAILABLE') : error;
  }

  /** Runs `work` unless another process runs the task with this name. */
  alone(_task: string, work: () => Promise<void>): Promise<void> {
    return work();
  }

  /** Bytes that the database takes up on the disk of this machine and can use again. */
  abstract reusableBytes(): Promise<number>;
}

/**
 * Runs an after-commit callback. An error is only reported: the write is already committed, and the other callbacks
 * must still run.
 */
export function follow(done: () => void) {
  try {
    done();
  } catch (error) {
    reportFailure('what follows a write', error);
  }
}
