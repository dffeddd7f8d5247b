import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { addressOf, createDatabase, databaseOf, dropDatabase, isPostgres } from './database.js';
import type { SignedIn } from './oauth.js';
import { scratchFolder } from './scratch.js';
import { columnsOf, stored, tablesOf } from './stored.js';

const FOLDER = resolve('test/fixtures/installations');

/** What scripts/make-installation.mjs wrote down of a folder. */
export interface InstallationFacts {
  readonly people: Record<'alice' | 'bob', Pick<SignedIn, 'client_id' | 'access_token' | 'refresh_token'>>;
  /** Ids of channels by what is open in them. */
  readonly channels: Readonly<Record<string, string>>;
  /** Of the secret that a bot was given, in hex. */
  readonly secretHash: string;
  readonly session: { readonly id: string; readonly uri: string };
  /** What bob could read of each channel. */
  readonly said: Readonly<Record<string, { readonly count: number; readonly hash: string }>>;
  readonly madeAt: number;
}

export interface Installation extends Disposable {
  readonly dataDir: string;
  readonly facts: InstallationFacts;
}

/** The states of the server of which a data folder is kept. */
export const INSTALLATIONS = readdirSync(FOLDER);

/**
 * A copy of a data folder as it would lie there had it been made just now: what counts from the clock, such as how long a token
 * holds, is moved on by its age. Timers are not: they go on with the time that they had left when the server was stopped.
 */
export function installation(name: string): Installation {
  const dataDir = scratchFolder('parley-installation-');
  cpSync(join(FOLDER, name), dataDir, { recursive: true });
  // Containers are found by it: those of two copies must not be taken for one another's.
  rmSync(join(dataDir, 'sandbox-label'), { force: true });
  for (const file of readdirSync(dataDir)) chmodSync(join(dataDir, file), 0o600);
  const facts = JSON.parse(readFileSync(join(dataDir, 'installation.json'), 'utf8')) as InstallationFacts;
  if (isPostgres) toPostgres(dataDir);
  moveOn(dataDir, Date.now() - facts.madeAt);
  const dispose = () => {
    dropDatabase(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { dataDir, facts, [Symbol.dispose]: dispose };
}

/** As an operator does who moves an installation from SQLite to Postgres. */
function toPostgres(dataDir: string) {
  createDatabase(dataDir, 'template1');
  const args = [resolve('dist/src/migrate-data.js'), join(dataDir, 'parley.sqlite'), addressOf(databaseOf(dataDir))];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function moveOn(dataDir: string, ms: number) {
  stored(
    dataDir,
    (database) => {
      for (const table of tablesOf(database).filter((name) => !OWN_TIME.includes(name))) {
        for (const { name } of columnsOf(database, table).filter(
          (column) => /_at$/.test(column.name) && column.type === 'bigint',
        )) {
          database.prepare(`UPDATE "${table}" SET ${name} = ${name} + ?`).run(ms);
        }
      }
    },
    false,
  );
}

const OWN_TIME = ['bot_timer', 'heartbeat'];
