import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type SqliteDatabase from 'better-sqlite3';
import { ConfigError } from '../config/config.js';
import { sqliteDriver } from './sqlite.js';

/** How long to wait for a server that is stopping, in milliseconds. */
const TIMEOUT_MS = 3_000;

/**
 * Prevents a second server from using the same database, because each would assign the same log positions. The lock is
 * an open transaction in a file of its own, so it ends with the process, however that ends. Two paths to the same file
 * share one lock.
 */
export function lockDatabase(file: string): { release(): void } {
  const Sqlite = sqliteDriver() as typeof SqliteDatabase;
  const lock = new Sqlite(`${realPath(file)}.lock`, { timeout: TIMEOUT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    throw new ConfigError(`Another server is using ${file}: stop that server, or give this one its own DATA_DIR.`);
  }
  return { release: () => lock.close() };
}

const realPath = (file: string) =>
  existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
