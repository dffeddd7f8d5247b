import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';
import { APP_SCHEMA } from '../../src/app.module.js';
import { sqliteOptions } from '../../src/platform/sqlite.js';

test('Migrations make exactly the tables of the entities, and undo themselves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-migrations-'));
  const { entities, migrations } = APP_SCHEMA;
  const options = { entities: [...entities], migrations: [...migrations] };
  const database = await new DataSource(sqliteOptions(join(folder, 'x.sqlite'), options)).initialize();
  const tables = async () =>
    (await database.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")).map(
      ({ name }: { name: string }) => name,
    );

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
  rmSync(folder, { recursive: true });
});
