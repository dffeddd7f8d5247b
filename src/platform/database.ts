import { AsyncLocalStorage } from 'node:async_hooks';
import { dirname } from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from './config.js';
import { lockDatabase } from './data-lock.js';
import { makeFolder } from './folder.js';
import { openFailure } from './open-failure.js';
import { sqliteOptions } from './sqlite.js';

/** The tables of the whole application, named by app.module, because the modules that own them stand later in the line. */
export interface Schema {
  // biome-ignore lint/complexity/noBannedTypes: TypeORM takes classes of any kind
  readonly entities: Function[];
  // biome-ignore lint/complexity/noBannedTypes: TypeORM takes classes of any kind
  readonly migrations: Function[];
}
export const SCHEMA = Symbol('schema');

interface UnitOfWork {
  readonly tx: EntityManager;
  readonly afterCommit: (() => void)[];
}

/**
 * The one door to the database. TypeORM's SQLite driver has one connection for the process: two transactions in flight
 * would nest, and one's rollback would undo the other's committed rows. So writes take turns here, and reads have a
 * connection of their own, which sees only what is committed.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly current = new AsyncLocalStorage<UnitOfWork>();
  private tail: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly writer: DataSource,
    private readonly reader: DataSource,
    private readonly lock: ReturnType<typeof lockDatabase>,
  ) {}

  /** Opens the file, creating folders and tables that are missing. */
  static async open(file: string, { entities, migrations }: Schema): Promise<Database> {
    try {
      makeFolder(dirname(file));
      return await Database.opened(file, { entities, migrations }, lockDatabase(file));
    } catch (error) {
      throw openFailure(file, error);
    }
  }

  private static async opened(
    file: string,
    { entities, migrations }: Schema,
    lock: ReturnType<typeof lockDatabase>,
  ): Promise<Database> {
    const writer = new DataSource(
      sqliteOptions(file, { entities: [...entities], migrations: [...migrations], migrationsRun: true }),
    );
    await writer.initialize();
    const reader = new DataSource(sqliteOptions(file, { entities: [...entities] }));
    await reader.initialize();
    await reader.query('PRAGMA query_only = ON');
    return new Database(writer, reader, lock);
  }

  /** For queries outside a write. */
  get read(): EntityManager {
    return this.reader.manager;
  }

  /**
   * Runs one unit of work: all of it commits, or none. Writes take turns, so nothing slow is awaited inside. Called within
   * another write, it joins that one.
   */
  write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const joined = this.current.getStore();
    if (joined) return work(joined.tx);
    const mine = this.tail.then(() => this.commit(work));
    this.tail = mine.catch(() => undefined);
    return mine;
  }

  /** Has something done once the current write is committed, in the order of the commits; never if it fails. */
  afterCommit(done: () => void) {
    const unit = this.current.getStore();
    if (!unit) throw new Error('afterCommit is called within a write');
    unit.afterCommit.push(done);
  }

  async onApplicationShutdown() {
    await this.tail;
    await this.reader.destroy();
    await this.writer.destroy();
    this.lock.release();
  }

  private async commit<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const afterCommit: (() => void)[] = [];
    const result = await this.writer.transaction((tx) => this.current.run({ tx, afterCommit }, () => work(tx)));
    this.current.exit(() => {
      for (const done of afterCommit) done();
    });
    return result;
  }
}

export const databaseProvider = {
  provide: Database,
  inject: [Config, SCHEMA],
  useFactory: (config: Config, schema: Schema) => Database.open(config.databaseFile, schema),
};
