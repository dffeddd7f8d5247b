import { AsyncLocalStorage } from 'node:async_hooks';
import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '../../kernel/errors.js';
import { Database, follow, type Schema } from './database.js';
import { postgresOptions, READER, WRITER } from './postgres.js';
import { failureOf } from './postgres-failures.js';
import { migrate } from './postgres-migrations.js';
import { inTransaction, UnknownOutcomeError } from './postgres-transaction.js';
import { Turns } from './turns.js';

interface UnitOfWork {
  readonly tx: EntityManager;
  readonly afterCommit: (() => void)[];
}

/** The first number of the advisory locks of tasks. */
const TASK = 0x7061_7203;

const MAX_WRITERS = 10;
const MAX_READERS = 10;

/** After this many conflicts a write runs alone, so that it cannot have another one. */
const TRIES_BESIDE_OTHERS = 4;
const MAX_TRIES = 8;
/** A random pause up to this, doubled with every try, so that two writes do not meet again. */
const PAUSE_MS = 5;

const UNKNOWN_OUTCOME = 'the outcome is unknown: the connection was lost while the change was being committed';

/** How long a write waits for a lost Postgres before it fails. */
const LOST_MS = 10_000;
const RECONNECT_MS = 250;

/**
 * A Postgres database. Writes run beside one another in serializable transactions, and a write that is in conflict with
 * another is repeated: its `work` runs again. Writes about the same subject take turns, because they would always be in
 * conflict (docs/adr/0015).
 */
export class PostgresDatabase extends Database implements OnApplicationShutdown {
  private readonly current = new AsyncLocalStorage<UnitOfWork>();
  private readonly turns = new Turns();
  private readonly running = new Set<Promise<unknown>>();

  private constructor(
    private readonly writer: DataSource,
    private readonly reader: DataSource,
  ) {
    super();
  }

  /** Connects, and creates or migrates the tables. */
  static async open(url: string, { entities, migrations }: Schema): Promise<PostgresDatabase> {
    await migrate(url, { entities, migrations });
    const connected = (max: number, settings: Record<string, string>) =>
      new DataSource(postgresOptions(url, { max, settings }, { entities: [...entities] })).initialize();
    return new PostgresDatabase(await connected(MAX_WRITERS, WRITER), await connected(MAX_READERS, READER));
  }

  get read(): EntityManager {
    return this.reader.manager;
  }

  write<T>(work: (tx: EntityManager) => Promise<T>, subject?: string): Promise<T> {
    const joined = this.current.getStore();
    if (joined) return work(joined.tx);
    const repeated = () => this.repeated(work, subject);
    const written = subject === undefined ? repeated() : this.turns.take(subject, repeated);
    const settled: Promise<unknown> = written.then(
      () => this.running.delete(settled),
      () => this.running.delete(settled),
    );
    this.running.add(settled);
    return written;
  }

  afterCommit(done: () => void) {
    const unit = this.current.getStore();
    if (!unit) throw new Error('afterCommit is called within a write');
    unit.afterCommit.push(done);
  }

  override isLost(error: unknown) {
    return failureOf(error) === 'lost' || error instanceof UnknownOutcomeError;
  }

  override failureOf(error: unknown) {
    const isUnknown = error instanceof UnknownOutcomeError;
    return isUnknown ? new DomainError('DATABASE_UNAVAILABLE', UNKNOWN_OUTCOME) : super.failureOf(error);
  }

  /** The lock belongs to a connection, so it ends with this process. */
  override async alone(task: string, work: () => Promise<void>) {
    const runner = this.reader.createQueryRunner();
    try {
      const [{ is_ours }] = await runner.query('SELECT pg_try_advisory_lock($1, hashtext($2)) AS is_ours', [
        TASK,
        task,
      ]);
      if (!is_ours) return;
      await work();
      await runner.query('SELECT pg_advisory_unlock_all()');
    } finally {
      await runner.release();
    }
  }

  /** Its disk belongs to another program, and often to another machine. */
  async reusableBytes(): Promise<number> {
    return 0;
  }

  async onApplicationShutdown() {
    while (this.running.size) await Promise.all(this.running);
    await this.reader.destroy();
    await this.writer.destroy();
  }

  private async repeated<T>(work: (tx: EntityManager) => Promise<T>, subject?: string): Promise<T> {
    const lostUntil = Date.now() + LOST_MS;
    for (let tries = 1; ; tries++) {
      try {
        return await this.commit(work, subject, tries > TRIES_BESIDE_OTHERS);
      } catch (error) {
        const failure = failureOf(error);
        if (failure === 'conflict' && tries < MAX_TRIES) await setTimeout(randomInt(PAUSE_MS * 2 ** tries));
        else if (failure === 'lost' && Date.now() < lostUntil) await setTimeout(RECONNECT_MS);
        else throw error;
      }
    }
  }

  private async commit<T>(work: (tx: EntityManager) => Promise<T>, subject: string | undefined, isAlone: boolean) {
    const afterCommit: (() => void)[] = [];
    const result = await inTransaction(this.writer, { subject, isAlone }, (tx) =>
      this.current.run({ tx, afterCommit }, () => work(tx)),
    );
    this.current.exit(() => afterCommit.forEach(follow));
    return result;
  }
}
