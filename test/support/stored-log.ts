import { join } from 'node:path';
import type BetterSqlite from 'better-sqlite3';
import { sqliteOptions } from '../../src/platform/sqlite.js';

/** An entry as it lies in the database. `header` and `opening` are the very bytes that were hashed. */
export interface StoredEntry {
  readonly seq: number;
  readonly ts: string;
  readonly kind: string;
  readonly from_id: string;
  readonly to_id: string | null;
  readonly hidden: 0 | 1;
  readonly header: string;
  readonly salt: string;
  readonly opening: string;
  readonly leaf_hash: string;
}

/** What the server keeps of one channel and its bot. */
export interface StoredChannel {
  readonly channelId: string;
  readonly entries: StoredEntry[];
  readonly attachment: {
    bot_id: string;
    name: string;
    language: string;
    state: string;
    params: string;
    manifest: string;
  };
  readonly source: string;
  /** Canonical JSON by hash. */
  readonly states: ReadonlyMap<string, string>;
  /** Hex by round. */
  readonly seeds: ReadonlyMap<number, string>;
}

/** Looks into a server's database file from outside, without being able to change it. */
export function storedChannel(dataDir: string, channelId: string): StoredChannel {
  const { driver: Driver } = sqliteOptions('', {}) as { driver?: typeof BetterSqlite };
  if (!Driver) throw new Error('no SQLite driver');
  const database = new Driver(join(dataDir, 'parley.sqlite'), { readonly: true });
  // biome-ignore lint/suspicious/noExplicitAny: rows as they come
  const all = (sql: string): any[] => database.prepare(sql).all(channelId);
  try {
    const [attachment] = all('SELECT * FROM attachment WHERE channel_id = ? ORDER BY init_seq');
    const source = database
      .prepare('SELECT source FROM bot_code WHERE code_hash = ?')
      .pluck()
      .get(attachment?.code_hash);
    return {
      channelId,
      entries: all('SELECT * FROM entry WHERE channel_id = ? ORDER BY seq'),
      attachment,
      source: source as string,
      states: new Map(all('SELECT * FROM bot_state WHERE channel_id = ?').map(({ hash, json }) => [hash, json])),
      seeds: new Map(all('SELECT * FROM round WHERE channel_id = ?').map(({ round, seed }) => [round, seed])),
    };
  } finally {
    database.close();
  }
}

/** What GuessBot knows and nobody else may know before the end. */
export function secretOf(dataDir: string, channelId: string): { target: number; nonce: string } {
  return JSON.parse(storedChannel(dataDir, channelId).attachment.state);
}
