import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SignedIn } from './oauth.js';
import { stored } from './stored.js';

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
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-installation-'));
  cpSync(join(FOLDER, name), dataDir, { recursive: true });
  // Containers are found by it: those of two copies must not be taken for one another's.
  rmSync(join(dataDir, 'sandbox-label'), { force: true });
  for (const file of readdirSync(dataDir)) chmodSync(join(dataDir, file), 0o600);
  const facts = JSON.parse(readFileSync(join(dataDir, 'installation.json'), 'utf8')) as InstallationFacts;
  moveOn(dataDir, Date.now() - facts.madeAt);
  return { dataDir, facts, [Symbol.dispose]: () => rmSync(dataDir, { recursive: true, force: true }) };
}

function moveOn(dataDir: string, ms: number) {
  stored(
    dataDir,
    (database) => {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
      for (const table of tables.filter((name) => !OWN_TIME.includes(name))) {
        const columns = database.prepare(`PRAGMA table_info("${table}")`).all() as { name: string; type: string }[];
        for (const { name } of columns.filter((column) => /_at$/.test(column.name) && column.type === 'bigint')) {
          database.prepare(`UPDATE "${table}" SET ${name} = ${name} + ?`).run(ms);
        }
      }
    },
    false,
  );
}

const OWN_TIME = ['bot_timer', 'heartbeat'];
