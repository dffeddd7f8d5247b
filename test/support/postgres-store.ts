import type { Store, StoreStatement } from './stored.js';

/**
 * A Postgres database through the interface of better-sqlite3, which is synchronous. Booleans are 0 and 1, as there. What
 * `transaction` runs is sent at once, and reads nothing.
 */
export function postgresStore(psql: (sql: string) => string): Store {
  let together: string[] | undefined;
  const statement = (sql: string, pick: (row: Record<string, unknown>) => unknown): StoreStatement => ({
    all: (...values) => rowsOf(psql(asJson(filled(sql, values)))).map(pick),
    get(...values) {
      return this.all(...values)[0];
    },
    run: (...values) => (together ? together.push(filled(sql, values)) : psql(filled(sql, values))),
    pluck: () => statement(sql, (row) => Object.values(row)[0]),
  });
  return {
    exec: (sql) => psql(sql),
    prepare: (sql) => statement(sql, (row) => row),
    transaction: (work) => () => {
      together = [];
      work();
      const all = together.join(';\n');
      together = undefined;
      psql(`BEGIN;\n${all};\nCOMMIT`);
    },
  };
}

const asJson = (sql: string) => `SELECT row_to_json(found) FROM (${sql}) AS found`;

const rowsOf = (lines: string): Record<string, unknown>[] =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line, (_key, value) => (typeof value === 'boolean' ? Number(value) : value)));

/** Replaces each `?` by the value in its place. */
function filled(sql: string, values: readonly unknown[]): string {
  const left = [...values];
  return sql.replaceAll('?', () => literal(left.shift()));
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
