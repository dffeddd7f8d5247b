import type { EntityManager, ObjectLiteral } from 'typeorm';

/** What SQLite is asked and hands over through a connection that was not used before: statements, rows, and characters of text in them. */
export function counted({ connection }: EntityManager) {
  // biome-ignore lint/suspicious/noExplicitAny: the connection of better-sqlite3 beneath TypeORM
  const sqlite = (connection.driver as any).databaseConnection;
  const prepare = sqlite.prepare.bind(sqlite);
  let [rows, characters] = [0, 0];
  const statements: string[] = [];
  const count = (found: ObjectLiteral[]) => {
    rows += found.length;
    for (const value of found.flatMap((row) => Object.values(row))) {
      if (typeof value === 'string') characters += value.length;
    }
    return found;
  };
  sqlite.prepare = (sql: string) => {
    statements.push(sql);
    const statement = prepare(sql);
    const all = statement.all.bind(statement);
    statement.all = (...given: unknown[]) => count(all(...given));
    return statement;
  };
  return { read: () => rows, characters: () => characters, statements };
}
