import { createRequire } from 'node:module';
import type SqliteDatabase from 'better-sqlite3';
import type { DataSourceOptions } from 'typeorm';
import { ConfigError } from './config.js';

const require = createRequire(import.meta.url);

/**
 * Node 20 has Node-API 9: better-sqlite3 12, compiled against Node's own headers. From Node-API 10 on (Node 22.14):
 * better-sqlite3 13, whose binaries come in its package and are a segmentation fault on Node 20. Version 12 built with the
 * headers of Node 24.19 or newer aborts at random (nodejs/node#65446), so 13 goes first where it runs. Both are optional
 * packages, because on any Node one of the two is enough.
 */
export function sqliteDriver(): unknown {
  const names = Number(process.versions.napi) >= 10 ? ['better-sqlite3-napi', 'better-sqlite3'] : ['better-sqlite3'];
  const driver = names.map(load).find((found) => found !== undefined);
  if (driver) return driver;
  throw new ConfigError(
    'No SQLite driver was built: install Python 3 and a C++ compiler, delete node_modules, start again.',
  );
}

function load(name: string): unknown {
  try {
    return require(name);
  } catch {
    return undefined;
  }
}

/** One SQLite connection: WAL, so that readers never wait for the writer; FULL, so that what is acknowledged survives power loss. */
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
    // TypeORM's own logger prints failed statements with their parameters.
    logging: false,
    prepareDatabase: (connection: SqliteDatabase.Database) => {
      connection.pragma('synchronous = FULL');
    },
  } as DataSourceOptions;
}
