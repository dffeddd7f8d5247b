import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';

/**
 * The address of the Postgres cluster on which this run of the tests stores everything, with `DATABASE` in place of a
 * database; undefined: it uses SQLite. Set by shared-servers.mjs.
 */
export const CLUSTER = process.env.TEST_POSTGRES || undefined;

/** Whether this run of the tests stores everything in Postgres. */
export const isPostgres = process.env.TEST_DATABASE === 'postgres';

/** A migrated database without rows. */
export const TEMPLATE = 'parley_template';

/** Each data folder has one database, with the name of the folder. */
export const databaseOf = (dataDir: string) => basename(dataDir);

/** The settings with which a server uses the database of its data folder. */
export function databaseSettings(dataDir: string): Record<string, string> {
  return CLUSTER ? { DATABASE_URL: addressOf(databaseOf(dataDir)) } : {};
}

export const addressOf = (database: string) => (CLUSTER ?? '').replace('DATABASE', encodeURIComponent(database));

/** Creates the database of a data folder, unless it exists. */
export function createDatabase(dataDir: string, template = TEMPLATE) {
  if (!CLUSTER) return;
  const name = databaseOf(dataDir);
  if (psql('postgres', `SELECT 1 FROM pg_database WHERE datname = '${name}'`).trim()) return;
  psql('postgres', `CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY FILE_COPY`);
}

export function dropDatabase(dataDir: string) {
  if (CLUSTER) psql('postgres', `DROP DATABASE IF EXISTS "${databaseOf(dataDir)}" WITH (FORCE)`);
}

/** What psql prints, without alignment. */
export const psql = (database: string, sql: string): string => psqlAt(addressOf(database), sql);

export function psqlAt(address: string, sql: string): string {
  const args = [address, '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  const env = { PATH: process.env.PATH, PGCLIENTENCODING: 'UTF8', PGOPTIONS: '-c client_min_messages=warning' };
  return execFileSync('psql', args, { encoding: 'utf8', input: sql, maxBuffer: 2 ** 30, env });
}
