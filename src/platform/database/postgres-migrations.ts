import { setTimeout } from 'node:timers/promises';
import { DataSource, type QueryRunner } from 'typeorm';
import { ConfigError } from '../config/config.js';
import type { Schema } from './database.js';
import { postgresOptions } from './postgres.js';
import { failureOf } from './postgres-failures.js';

/** How long to wait for a Postgres that is starting. */
const STARTING_MS = 10_000;
const AGAIN_MS = 200;
const OLDEST = 14;
const LOCK = 'pg_try_advisory_lock(1885434368)';

/** Creates or migrates the tables. Of several processes that start at the same time, one does it. */
export async function migrate(url: string, { entities, migrations }: Schema): Promise<void> {
  const options = postgresOptions(url, { max: 2 }, { entities: [...entities], migrations: [...migrations] });
  const source = await connected(new DataSource(options));
  const runner = source.createQueryRunner();
  try {
    await assertUsable(runner);
    while (!(await runner.query(`SELECT ${LOCK} AS is_mine`))[0].is_mine) await setTimeout(AGAIN_MS);
    await source.runMigrations();
    await sortByBytes(runner);
  } finally {
    await runner.release();
    await source.destroy();
  }
}

async function connected(source: DataSource): Promise<DataSource> {
  for (const until = Date.now() + STARTING_MS; ; await setTimeout(AGAIN_MS)) {
    try {
      return await source.initialize();
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string };
      if (STARTING.has(code) && Date.now() < until) continue;
      if (failureOf(error) !== 'lost' && !/^(28|3D)/.test(code)) throw error;
      // The address may contain a password, so it is not repeated.
      throw new ConfigError(`Postgres at DATABASE_URL cannot be used (${message}): start it, or correct the address.`);
    }
  }
}

/** No one listens, or it starts. */
const STARTING = new Set(['ECONNREFUSED', 'ENOENT', '57P03']);

async function assertUsable(runner: QueryRunner) {
  const [{ version, encoding }] = await runner.query(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding`,
  );
  if (version < OLDEST)
    throw new ConfigError(`Postgres ${version} is too old: Parley needs Postgres ${OLDEST} or newer.`);
  if (encoding === 'UTF8') return;
  throw new ConfigError(`The database at DATABASE_URL is encoded in ${encoding}: create it with ENCODING 'UTF8'.`);
}

/** Texts compare as in SQLite, whatever language the database was created for. */
async function sortByBytes(runner: QueryRunner) {
  const columns = await runner.query(`
    SELECT format('ALTER TABLE %I ALTER COLUMN %I TYPE %s COLLATE "C"', c.relname, a.attname, format_type(a.atttypid, a.atttypmod)) AS statement
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND l.collname NOT IN ('C', 'POSIX')
      AND NOT EXISTS (SELECT 1 FROM pg_database d WHERE d.datname = current_database() AND d.datcollate IN ('C', 'POSIX'))`);
  for (const { statement } of columns) await runner.query(statement);
}
