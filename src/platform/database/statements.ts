import type { DataSource, EntityManager, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { connectionOf } from './sqlite.js';

type Values = { readonly [name: string]: unknown };

/** Sends a statement to one connection. */
type Send = (tx: EntityManager, values: Values) => unknown;

/**
 * A statement of the calls that come most often. TypeORM builds the text of a query again at every call, which costs
 * more than its execution. Here the text is written once, in SQL that every database understands, with parameters as
 * `:name`. Its rows are used as the database returns them.
 */
export class Statement<V extends Values, Row> {
  private readonly sends = new WeakMap<DataSource, Send>();

  constructor(private readonly sql: string) {}

  async run(tx: EntityManager, values: V): Promise<Row[]> {
    const send = this.sends.get(tx.dataSource) ?? prepared(this.sql, tx.dataSource);
    this.sends.set(tx.dataSource, send);
    return (await send(tx, values)) as Row[];
  }
}

function prepared(sql: string, source: DataSource): Send {
  const names: string[] = [];
  const text = sql.replace(/:(\w+)/g, (_, name: string) => source.driver.createParameter(name, names.push(name) - 1));
  const parameters = (values: Values) => names.map((name) => values[name]);
  if (source.options.type === 'better-sqlite3') {
    const statement = connectionOf(source).prepare(text);
    const bound = (values: Values) => parameters(values).map((value) => (typeof value === 'boolean' ? +value : value));
    return (_, values) => (statement.reader ? statement.all(...bound(values)) : statement.run(...bound(values)));
  }
  return async (tx, values) => {
    const rows = await tx.query(text, parameters(values));
    // For an UPDATE, TypeORM's driver for Postgres returns the rows and their number.
    return Array.isArray(rows?.[0]) ? rows[0] : rows;
  };
}

/** Selects whole rows of an entity. `rest` is what follows the table's name, which is also its alias. */
export class RowStatement<E extends ObjectLiteral, V extends Values> {
  private readonly statement: Statement<V, ObjectLiteral>;
  private readonly readers = new WeakMap<DataSource, (row: ObjectLiteral) => E>();

  constructor(
    private readonly entity: new () => E,
    table: string,
    rest: string,
  ) {
    this.statement = new Statement(`SELECT ${table}.* FROM ${table} ${rest}`);
  }

  async all(tx: EntityManager, values: V): Promise<E[]> {
    const rows = await this.statement.run(tx, values);
    const entityOf = this.readers.get(tx.dataSource) ?? reader(this.entity, tx.dataSource);
    this.readers.set(tx.dataSource, entityOf);
    return rows.map(entityOf);
  }

  async first(tx: EntityManager, values: V): Promise<E | null> {
    return (await this.all(tx, values))[0] ?? null;
  }
}

/** Types whose values every driver returns as the entity has them. */
const PLAIN: readonly unknown[] = ['varchar', 'text', 'integer'];

function reader<E extends ObjectLiteral>(entity: new () => E, source: DataSource): (row: ObjectLiteral) => E {
  const { columns } = source.getMetadata(entity);
  const plain = columns.filter(({ type, transformer }) => PLAIN.includes(type) && !transformer);
  const others = columns.filter((column) => !plain.includes(column));
  const names = plain.map(({ propertyName, databaseName }) => [propertyName, databaseName] as const);
  return (row) => {
    const found = new entity() as ObjectLiteral;
    for (const [property, name] of names) found[property] = row[name];
    for (const column of others)
      found[column.propertyName] = source.driver.prepareHydratedValue(row[column.databaseName], column);
    return found as E;
  };
}

/** Inserts whole rows of an entity. */
export class InsertStatement<E extends ObjectLiteral> {
  private readonly statements = new WeakMap<DataSource, Statement<Values, never>>();

  constructor(private readonly entity: new () => E) {}

  async run(tx: EntityManager, row: E): Promise<void> {
    const source = tx.dataSource;
    const { columns, tableName } = source.getMetadata(this.entity);
    const statement = this.statements.get(source) ?? new Statement(insertOf(tableName, columns));
    this.statements.set(source, statement);
    const values = columns.map((column) => [
      column.databaseName,
      source.driver.preparePersistentValue(row[column.propertyName], column),
    ]);
    await statement.run(tx, Object.fromEntries(values));
  }
}

function insertOf(table: string, columns: readonly ColumnMetadata[]): string {
  const names = columns.map(({ databaseName }) => databaseName);
  return `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`;
}
