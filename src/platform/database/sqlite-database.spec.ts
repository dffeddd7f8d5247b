import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type Sqlite from 'better-sqlite3';
import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { scratchFolder } from '../../../test/support/scratch.js';
import { sqliteDriver } from './sqlite.js';
import { SqliteDatabase } from './sqlite-database.js';

interface Line {
  readonly id: number;
  readonly page: number | null;
  readonly text: string;
}
const Line = new EntitySchema<Line>({
  name: 'line',
  columns: {
    id: { type: 'integer', primary: true },
    page: { type: 'integer', nullable: true },
    text: { type: 'text' },
  },
});

class Lines1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query('CREATE TABLE page (id integer PRIMARY KEY)');
    const page = 'page integer REFERENCES page (id) DEFERRABLE INITIALLY DEFERRED';
    await runner.query(`CREATE TABLE line (id integer PRIMARY KEY, ${page}, text text NOT NULL)`);
  }

  async down() {}
}

const SCHEMA = { entities: [Line as never], migrations: [Lines1700000000001] };

let database: SqliteDatabase;
let other: Sqlite.Database;
beforeEach(async () => {
  const file = `${scratchFolder('grouped-')}/lines.db`;
  database = await SqliteDatabase.open(file, SCHEMA, Number.POSITIVE_INFINITY);
  other = new (sqliteDriver() as typeof Sqlite)(file, { readonly: true });
});
afterEach(async () => {
  other.close();
  await database.onApplicationShutdown();
});

const write = (id: number, then: () => unknown = () => undefined) =>
  database.write(async (tx) => {
    await tx.insert(Line, { id, page: null, text: `line ${id}` });
    await then();
    return id;
  });
const refuse = () => {
  throw new Error('refused');
};

/** What is on the disk, as another process sees it. */
const stored = () => other.prepare('SELECT id FROM line ORDER BY id').pluck().all();

describe('Writes that come at the same time', () => {
  test('are committed together, and acknowledged after that', async () => {
    const seen: unknown[] = [];

    const writes = [1, 2, 3].map((id) =>
      write(id, () => {
        seen.push(stored());
        database.afterCommit(() => seen.push(`${id}: ${stored()}`));
      }),
    );
    await Promise.all(writes);

    expect(seen).toEqual([[], [], [], '1: 1,2,3', '2: 1,2,3', '3: 1,2,3']);
  });

  test('are rolled back alone', async () => {
    const followed: number[] = [];
    const follow = (id: number) => () => database.afterCommit(() => followed.push(id));

    const outcomes = await Promise.allSettled([
      write(1, follow(1)),
      write(2, () => {
        follow(2)();
        refuse();
      }),
      write(3, follow(3)),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { message: 'refused' } });
    expect(stored()).toEqual([1, 3]);
    expect(followed).toEqual([1, 3]);
  });

  test('see the changes of earlier ones, also through the connection that reads', async () => {
    const seen = await Promise.all([
      write(1).then(() => 0),
      database.write(() => database.read.countBy(Line, {})),
      database.read.countBy(Line, {}),
    ]);

    expect(seen).toEqual([0, 1, 0]);
  });

  test('all fail if the commit fails, and later ones succeed', async () => {
    const followed: number[] = [];

    const outcomes = await Promise.allSettled([
      write(1, () => database.afterCommit(() => followed.push(1))),
      // A foreign key that is checked only by the commit.
      database.write((tx) => tx.insert(Line, { id: 2, page: 99, text: 'on no page' })),
      write(3, refuse),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(outcomes[0]).toMatchObject({ reason: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' } });
    expect(outcomes[2]).toMatchObject({ reason: { message: 'refused' } });
    expect([stored(), followed]).toEqual([[], []]);
    expect([await write(4), stored()]).toEqual([4, [4]]);
  });

  test('all fail if the disk is full, which rolls back the whole transaction, and later ones succeed', async () => {
    const fill = () =>
      database.write(async (tx) => {
        const [{ page_count: pages }] = await tx.query('PRAGMA page_count');
        await tx.query(`PRAGMA max_page_count = ${pages}`);
        await tx.insert(Line, { id: 2, page: null, text: 'x'.repeat(1_000_000) });
      });

    const outcomes = await Promise.allSettled([write(1), fill(), write(3)]);
    await database.write((tx) => tx.query('PRAGMA max_page_count = 1000000'));

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(outcomes[0]).toMatchObject({ reason: { driverError: { code: 'SQLITE_FULL' } } });
    expect(stored()).toEqual([3]);
    expect([await write(4), stored()]).toEqual([4, [3, 4]]);
  });

  test('are committed in groups of limited size', async () => {
    const sizes: number[] = [];
    const ids = Array.from({ length: 200 }, (_, i) => i + 1);

    await Promise.all(ids.map((id) => write(id, () => database.afterCommit(() => sizes.push(stored().length)))));

    expect(stored()).toEqual(ids);
    expect(Math.max(...sizes.map((size, i) => size - i))).toBeLessThanOrEqual(64);
  });
});

test('A group that has been open for too long takes no further writes', async () => {
  await database.onApplicationShutdown();
  database = await SqliteDatabase.open(other.name, SCHEMA, 0);
  const seen: unknown[] = [];

  await Promise.all([1, 2].map((id) => write(id, () => seen.push(stored()))));

  expect(seen).toEqual([[], [1]]);
});

describe('A write', () => {
  test('joins the write in which it is called', async () => {
    const outcome = await Promise.allSettled([
      write(1, async () => {
        await write(2);
        refuse();
      }),
    ]);

    expect([outcome[0]?.status, stored()]).toEqual(['rejected', []]);
  });

  test('that begins in the background of another one is its own', async () => {
    let later: Promise<number> | undefined;
    await write(1, () => {
      later = setImmediate().then(() => write(2, refuse));
      later.catch(() => undefined);
    });

    await expect(later).rejects.toThrow('refused');
    expect(stored()).toEqual([1]);
  });

  test('is on the disk after the database was closed', async () => {
    const pending = write(1);
    await database.onApplicationShutdown();

    expect([await pending, stored()]).toEqual([1, [1]]);
    database = await SqliteDatabase.open(other.name, SCHEMA, Number.POSITIVE_INFINITY);
  });

  test('does not begin a transaction of its own when several rows are saved', async () => {
    const lines = [1, 2].map((id) => ({ id, page: null, text: 'saved' }));
    const saved = database.write(async (tx) => {
      await tx.save(Line, lines);
      refuse();
    });

    await expect(saved).rejects.toThrow('refused');
    expect(stored()).toEqual([]);
  });
});
