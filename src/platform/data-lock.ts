import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type SqliteDatabase from 'better-sqlite3';
import { ConfigError } from './config.js';
import { sqliteDriver } from './sqlite.js';

/** A server that is just stopping is given this long. */
const PATIENCE_MS = 3_000;

/**
 * Keeps a second server from the same database: each would believe that it alone gives out places in the logs. The lock is
 * a transaction that stays open in a file of its own, so it ends with the process, however that ends. Two paths that lead
 * to one file have one lock.
 */
export function lockDatabase(file: string): { release(): void } {
  const Sqlite = sqliteDriver() as typeof SqliteDatabase;
  const lock = new Sqlite(`${realPath(file)}.lock`, { timeout: PATIENCE_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    throw new ConfigError(`Another server is using ${file}: stop it, or give this one its own DATA_DIR.`);
  }
  return { release: () => lock.close() };
}

const realPath = (file: string) =>
  existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
