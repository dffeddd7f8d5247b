import { createRequire } from 'node:module';
import type SqliteDatabase from 'better-sqlite3';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { ConfigError } from '../config/config.js';

const require = createRequire(import.meta.url);

/**
 * Node 20 has Node-API 9 and needs better-sqlite3 12, compiled against Node's own headers. From Node-API 10 on (Node
 * 22.14) better-sqlite3 13 is used: its binaries are in its package and crash on Node 20. Version 12 built with the
 * headers of Node 24.19 or newer aborts at random (nodejs/node#65446), so 13 is preferred where it runs. Both are
 * optional packages, because each Node version needs only one.
 */
export function sqliteDriver(): unknown {
  const names = Number(process.versions.napi) >= 10 ? ['better-sqlite3-napi', 'better-sqlite3'] : ['better-sqlite3'];
  const driver = names.map(load).find((found) => found !== undefined);
  if (driver) return driver;
  throw new ConfigError(
    'No SQLite driver could be built: install Python 3 and a C++ compiler, delete node_modules, and start again.',
  );
}

function load(name: string): unknown {
  try {
    return require(name);
  } catch {
    return undefined;
  }
}

/** Pages that a connection keeps, in KiB. The reading one drops all of them whenever another connection commits. */
const CACHE_KIB = 16_384;

/**
 * How much of the file is mapped into memory, in bytes, so that a page that was dropped is not read and copied again.
 * What is mapped counts as memory of the process as soon as it is used.
 */
const MAPPED_BYTES = 2 ** 27;

/**
 * Options of a SQLite connection: WAL, so that readers do not wait for the writer; FULL, so that committed data
 * survives power loss.
 */
export function sqliteOptions(file: string, more: Partial<DataSourceOptions>): DataSourceOptions {
  return {
    ...more,
    type: 'better-sqlite3',
    driver: sqliteDriver(),
    database: file,
    enableWAL: true,
    timeout: 5_000,
    statementCacheSize: 500,
    synchronize: false,
    // TypeORM's own logger prints the parameters of failed statements.
    logging: false,
    prepareDatabase: (connection: SqliteDatabase.Database) => {
      connection.pragma('synchronous = FULL');
      connection.pragma(`cache_size = -${CACHE_KIB}`);
      connection.pragma(`mmap_size = ${MAPPED_BYTES}`);
    },
  } as DataSourceOptions;
}

/** The connection of TypeORM's driver, which has it, but not in its types. */
export const connectionOf = ({ driver }: DataSource) =>
  (driver as unknown as { readonly databaseConnection: SqliteDatabase.Database }).databaseConnection;
