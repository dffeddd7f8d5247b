// Moves an installation from SQLite to Postgres: see USAGE.
import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { APP_SCHEMA } from './app.module.js';
import { ConfigError } from './platform/config/config.js';
import { copyData } from './platform/database/data-copy.js';
import { lockDatabase } from './platform/database/data-lock.js';
import { postgresOptions } from './platform/database/postgres.js';
import { migrate } from './platform/database/postgres-migrations.js';
import { sqliteOptions } from './platform/database/sqlite.js';

const USAGE = `npm run migrate-data -- FILE ADDRESS
Copies the SQLite database FILE (data/parley.sqlite) into the Postgres database at ADDRESS (postgres://…),
which has no tables or empty ones. The server must be stopped. FILE gets the newest tables, and keeps its data.`;

try {
  process.stdout.write(`${await migrateData(process.argv.slice(2))}\n`);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

async function migrateData([file, address, ...rest]: string[]): Promise<string> {
  if (!file || !address || rest.length || !/^postgres(ql)?:/.test(address)) throw new ConfigError(USAGE);
  if (!existsSync(file)) throw new ConfigError(`There is no file ${file}.`);
  const lock = lockDatabase(file);
  const entities = [...APP_SCHEMA.entities];
  const newest = { entities, migrations: [...APP_SCHEMA.migrations], migrationsRun: true };
  const from = await new DataSource(sqliteOptions(file, newest)).initialize();
  await migrate(address, APP_SCHEMA);
  const to = await new DataSource(postgresOptions(address, { max: 2 }, { entities })).initialize();
  try {
    const { tables, rows } = await copyData(from, to);
    return `Copied ${rows} rows of ${tables} tables, and compared them. Now set DATABASE_URL, and keep DATA_DIR: the keys are there.`;
  } finally {
    await Promise.all([from.destroy(), to.destroy()]);
    lock.release();
  }
}
