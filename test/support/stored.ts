import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type BetterSqlite from 'better-sqlite3';
import { sqliteOptions } from '../../src/platform/sqlite.js';

type Row = Record<string, string | number | null>;

/** Looks into a server's database file from outside, without being able to change it. */
export function stored<T>(dataDir: string, look: (database: BetterSqlite.Database) => T, readonly = true): T {
  const { driver: Driver } = sqliteOptions('', {}) as { driver?: typeof BetterSqlite };
  if (!Driver) throw new Error('no SQLite driver');
  const database = new Driver(join(dataDir, 'parley.sqlite'), { readonly });
  try {
    return look(database);
  } finally {
    database.close();
  }
}

/** The caller that a token stands for. */
export const callerOf = (dataDir: string, token: string) =>
  stored(dataDir, (database) => {
    const hash = createHash('sha256').update(token).digest('hex');
    return database.prepare('SELECT * FROM access_token WHERE hash = ?').get(hash) as Row | undefined;
  });

/** Every value of every column of every table, as one text. */
export const everythingStored = (dataDir: string) =>
  stored(dataDir, (database) => {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
    return tables.map((table) => JSON.stringify(database.prepare(`SELECT * FROM "${table}"`).all())).join('\n');
  });

/** Lets time pass for a server that is stopped: what one column says moves into the past. */
export const age = (dataDir: string, table: string, column: string, ms: number) =>
  stored(dataDir, (database) => database.prepare(`UPDATE ${table} SET ${column} = ${column} - ?`).run(ms), false);
