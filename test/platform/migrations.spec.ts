import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';
import { APP_SCHEMA } from '../../src/app.module.js';
import { postgresOptions } from '../../src/platform/database/postgres.js';
import { sqliteOptions } from '../../src/platform/database/sqlite.js';
import { addressOf, createDatabase, databaseOf, dropDatabase, isPostgres } from '../support/database.js';
import { scratchFolder } from '../support/scratch.js';

test('Migrations create exactly the tables of the entities, and can be undone', async () => {
  const folder = scratchFolder('parley-migrations-');
  const { entities, migrations } = APP_SCHEMA;
  createDatabase(folder, 'template0');
  const database = await new DataSource(optionsFor(folder)).initialize();
  const tables = async () => (await database.query(TABLES)).map(({ name }: { name: string }) => name);

  await database.runMigrations();
  const difference = await database.driver.createSchemaBuilder().log();
  const made = await tables();
  for (const _ of migrations) await database.undoLastMigration();

  expect(difference.upQueries.map(({ query }) => query)).toEqual([]);
  expect(made).toHaveLength(entities.length + 1);
  expect(await tables()).toEqual(['migrations']);
  await database.runMigrations();
  expect((await tables()).sort()).toEqual(made.sort());
  await database.destroy();
  dropDatabase(folder);
  rmSync(folder, { recursive: true });
});

function optionsFor(folder: string) {
  const options = { entities: [...APP_SCHEMA.entities], migrations: [...APP_SCHEMA.migrations] };
  if (isPostgres) return postgresOptions(addressOf(databaseOf(folder)), { max: 2 }, options);
  return sqliteOptions(join(folder, 'x.sqlite'), options);
}

const TABLES = isPostgres
  ? `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`
  : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
