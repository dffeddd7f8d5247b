import { AsyncLocalStorage } from 'node:async_hooks';
import { dirname } from 'node:path';
import type { OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { makeFolder } from '../files/folder.js';
import { openFailure } from '../files/open-failure.js';
import { lockDatabase } from './data-lock.js';
import { Database, follow, type Schema } from './database.js';
import { GroupedWrites } from './grouped-writes.js';
import { connectionOf, sqliteOptions } from './sqlite.js';

/** How long a write waits at most for others to be committed with it, in milliseconds, unless one of them takes longer. */
const MAX_GROUP_MS = 10;

/** One write, while it runs. */
interface UnitOfWork {
  readonly afterCommit: (() => void)[];
  isOver: boolean;
}

/**
 * A SQLite file. TypeORM's SQLite driver has one connection per process: two concurrent transactions would nest, and a
 * rollback of one would undo the other. So writes run one after another in groups that share a commit, and reads use a
 * connection of their own that sees only committed data.
 */
export class SqliteDatabase extends Database implements OnApplicationShutdown {
  private readonly current = new AsyncLocalStorage<UnitOfWork>();
  private readonly tx: EntityManager;
  private readonly writes: GroupedWrites;

  private constructor(
    private readonly writer: DataSource,
    private readonly reader: DataSource,
    private readonly lock: ReturnType<typeof lockDatabase>,
    maxGroupMs: number,
  ) {
    super();
    // Everything that uses this runner is in a write, so TypeORM must not begin transactions of its own.
    const runner = Object.assign(writer.createQueryRunner(), { isTransactionActive: true });
    this.tx = runner.manager;
    this.writes = new GroupedWrites(connectionOf(writer), maxGroupMs);
  }

  /** Opens the file and creates missing folders and tables. */
  static async open(file: string, schema: Schema, maxGroupMs = MAX_GROUP_MS): Promise<SqliteDatabase> {
    try {
      makeFolder(dirname(file));
      return await SqliteDatabase.opened(file, schema, lockDatabase(file), maxGroupMs);
    } catch (error) {
      throw openFailure(file, error);
    }
  }

  private static async opened(
    file: string,
    { entities, migrations }: Schema,
    lock: ReturnType<typeof lockDatabase>,
    maxGroupMs: number,
  ): Promise<SqliteDatabase> {
    const writer = new DataSource(
      sqliteOptions(file, { entities: [...entities], migrations: [...migrations], migrationsRun: true }),
    );
    await writer.initialize();
    const reader = new DataSource(sqliteOptions(file, { entities: [...entities] }));
    await reader.initialize();
    await reader.query('PRAGMA query_only = ON');
    return new SqliteDatabase(writer, reader, lock, maxGroupMs);
  }

  get read(): EntityManager {
    return this.unit ? this.tx : this.reader.manager;
  }

  write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    if (this.unit) return work(this.tx);
    const unit: UnitOfWork = { afterCommit: [], isOver: false };
    const inUnit = async () => {
      try {
        return await this.current.run(unit, () => work(this.tx));
      } finally {
        unit.isOver = true;
      }
    };
    return this.writes.run(inUnit, () => this.current.exit(() => unit.afterCommit.forEach(follow)));
  }

  afterCommit(done: () => void) {
    if (!this.unit) throw new Error('afterCommit is called within a write');
    this.unit.afterCommit.push(done);
  }

  async reusableBytes(): Promise<number> {
    const [{ freelist_count: pages } = { freelist_count: 0 }] = await this.read.query('PRAGMA freelist_count');
    const [{ page_size: pageBytes } = { page_size: 0 }] = await this.read.query('PRAGMA page_size');
    return pages * pageBytes;
  }

  async onApplicationShutdown() {
    await this.writes.close();
    await this.reader.destroy();
    await this.writer.destroy();
    this.lock.release();
  }

  /** The write that the caller is part of. What a write has left running in the background is no part of it. */
  private get unit(): UnitOfWork | undefined {
    const unit = this.current.getStore();
    return unit?.isOver ? undefined : unit;
  }
}
