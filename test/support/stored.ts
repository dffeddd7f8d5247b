import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type BetterSqlite from 'better-sqlite3';
import { sqliteOptions } from '../../src/platform/database/sqlite.js';
import { databaseOf, isPostgres, psql } from './database.js';
import { postgresStore } from './postgres-store.js';

type Row = Record<string, string | number | null>;

/** What tests use of the interface of better-sqlite3; for Postgres, postgres-store.ts implements it. */
export interface Store {
  exec(sql: string): unknown;
  prepare(sql: string): StoreStatement;
  transaction(work: () => void): () => void;
}

export interface StoreStatement {
  // biome-ignore lint/suspicious/noExplicitAny: rows as they come
  all(...values: unknown[]): any[];
  // biome-ignore lint/suspicious/noExplicitAny: rows as they come
  get(...values: unknown[]): any;
  run(...values: unknown[]): unknown;
  /** Returns the first column instead of rows. */
  pluck(): StoreStatement;
}

/** Reads a server's database from outside; it cannot change it unless `readonly` is false. */
export function stored<T>(dataDir: string, look: (database: Store) => T, readonly = true): T {
  if (isPostgres) return look(postgresStore((sql) => psql(databaseOf(dataDir), sql)));
  const database = openFile(dataDir, readonly);
  try {
    return look(database as Store);
  } finally {
    database.close();
  }
}

function openFile(dataDir: string, readonly: boolean): BetterSqlite.Database {
  const { driver: Driver } = sqliteOptions('', {}) as { driver?: typeof BetterSqlite };
  if (!Driver) throw new Error('no SQLite driver');
  return new Driver(join(dataDir, 'parley.sqlite'), { readonly });
}

/** The names of all tables. */
export const tablesOf = (database: Store): string[] =>
  database
    .prepare(isPostgres ? POSTGRES_TABLES : SQLITE_TABLES)
    .pluck()
    .all();

const SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
const POSTGRES_TABLES =
  "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";

/** The names and types of the columns of a table, in their order. */
export const columnsOf = (database: Store, table: string): { name: string; type: string }[] =>
  database.prepare(isPostgres ? POSTGRES_COLUMNS : 'SELECT name, type FROM pragma_table_info(?)').all(table);

const POSTGRES_COLUMNS = `SELECT column_name AS name, data_type AS type FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position`;

/** The caller that a token stands for. */
export const callerOf = (dataDir: string, token: string) =>
  stored(dataDir, (database) => {
    const hash = createHash('sha256').update(token).digest('hex');
    return database.prepare('SELECT * FROM access_token WHERE hash = ?').get(hash) as Row | undefined;
  });

/** Every value of every column of every table, as one text. */
export const everythingStored = (dataDir: string) =>
  stored(dataDir, (database) =>
    tablesOf(database)
      .map((table) => JSON.stringify(database.prepare(`SELECT * FROM "${table}"`).all()))
      .join('\n'),
  );

/** Lets time pass for a server, which may run: the times in one column move into the past. */
export const age = (dataDir: string, table: string, column: string, ms: number) =>
  stored(dataDir, (database) => database.prepare(`UPDATE ${table} SET ${column} = ${column} - ?`).run(ms), false);
