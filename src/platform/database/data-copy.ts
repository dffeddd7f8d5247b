import { createHash } from 'node:crypto';
import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';
import { ConfigError } from '../config/config.js';

type Row = Record<string, unknown>;

const PAGE = 500;

export interface CopiedData {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Copies every row of a SQLite database into the empty tables of a Postgres database, in one transaction, and compares
 * both: they have the same rows, or nothing was copied.
 */
export async function copyData(from: DataSource, to: DataSource): Promise<CopiedData> {
  const tables = referencedFirst(from.entityMetadatas);
  const runner = to.createQueryRunner();
  try {
    await runner.startTransaction('SERIALIZABLE');
    for (const table of tables) await assertEmpty(runner, table);
    let rows = 0;
    for (const table of tables) rows += await copyTable(from, runner, table);
    await runner.commitTransaction();
    return { tables: tables.length, rows };
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    throw error;
  } finally {
    await runner.release();
  }
}

/** Rows are inserted after the rows that they refer to. */
function referencedFirst(tables: readonly EntityMetadata[]): EntityMetadata[] {
  const sorted = new Set<EntityMetadata>();
  const add = (table: EntityMetadata) => {
    if (sorted.has(table)) return;
    for (const { referencedEntityMetadata } of table.foreignKeys) {
      if (referencedEntityMetadata !== table) add(referencedEntityMetadata);
    }
    sorted.add(table);
  };
  tables.forEach(add);
  return [...sorted];
}

async function assertEmpty(runner: QueryRunner, { tableName }: EntityMetadata) {
  const [found] = await runner.query(`SELECT 1 FROM "${tableName}" LIMIT 1`);
  if (found)
    throw new ConfigError(`The table ${tableName} of the Postgres database is not empty: name a new database.`);
}

async function copyTable(from: DataSource, runner: QueryRunner, table: EntityMetadata): Promise<number> {
  const { tableName } = table;
  const source = new TableDigest(table);
  for await (const page of pagesOfSqlite(from, table)) {
    source.add(page);
    const insert = `INSERT INTO "${tableName}" SELECT * FROM json_populate_recordset(NULL::"${tableName}", $1)`;
    await runner.query(insert, [JSON.stringify(page)]);
  }
  const target = new TableDigest(table);
  for await (const page of pagesOfPostgres(runner, table)) target.add(page);
  if (source.text !== target.text) throw new Error(`The rows of ${tableName} are not the same after they were copied.`);
  for (const { databaseName } of table.generatedColumns) {
    const last = `SELECT MAX("${databaseName}") AS last FROM "${tableName}"`;
    await runner.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), last) FROM (${last}) AS ids WHERE last IS NOT NULL`,
      [`"${tableName}"`, databaseName],
    );
  }
  return source.rows;
}

async function* pagesOfSqlite(from: DataSource, table: EntityMetadata): AsyncGenerator<Row[]> {
  const booleans = table.columns.filter(({ type }) => type === 'boolean').map(({ databaseName }) => databaseName);
  const sql = `SELECT rowid AS "row id", * FROM "${table.tableName}" WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`;
  for (let last = -1; ; ) {
    const page: Row[] = await from.query(sql, [last]);
    if (!page.length) return;
    last = page.at(-1)?.['row id'] as number;
    for (const row of page) {
      delete row['row id'];
      for (const name of booleans) if (row[name] !== null) row[name] = Boolean(row[name]);
    }
    yield page;
  }
}

async function* pagesOfPostgres(runner: QueryRunner, { tableName }: EntityMetadata): AsyncGenerator<Row[]> {
  await runner.query(`DECLARE copied NO SCROLL CURSOR FOR SELECT * FROM "${tableName}"`);
  for (;;) {
    const page: Row[] = await runner.query(`FETCH ${PAGE} FROM copied`);
    if (!page.length) break;
    yield page;
  }
  await runner.query('CLOSE copied');
}

/** The number of rows of a table, and the sum of their hashes: it is the same in any order of the rows. */
class TableDigest {
  rows = 0;
  private sum = 0n;
  private readonly names: string[];

  constructor({ columns }: EntityMetadata) {
    this.names = columns.map(({ databaseName }) => databaseName);
  }

  add(page: readonly Row[]) {
    for (const row of page) {
      const text = JSON.stringify(this.names.map((name) => row[name]));
      this.sum += BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
    }
    this.rows += page.length;
  }

  get text(): string {
    return `${this.rows} ${this.sum}`;
  }
}
