import { type Store, stored } from './stored.js';

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

/** Reads one channel from a server's database, from outside. */
export const storedChannel = (dataDir: string, channelId: string): StoredChannel =>
  stored(dataDir, (database) => channelIn(database, channelId));

export function channelIn(database: Store, channelId: string): StoredChannel {
  const all = (sql: string) => database.prepare(sql).all(channelId);
  const [attachment] = all('SELECT * FROM attachment WHERE channel_id = ? ORDER BY init_seq');
  const source = database.prepare('SELECT source FROM bot_code WHERE code_hash = ?').pluck();
  return {
    channelId,
    entries: all('SELECT * FROM entry WHERE channel_id = ? ORDER BY seq'),
    attachment,
    source: source.get(attachment?.code_hash) as string,
    states: new Map(all('SELECT * FROM bot_state WHERE channel_id = ?').map(({ hash, json }) => [hash, json])),
    seeds: new Map(all('SELECT * FROM round WHERE channel_id = ?').map(({ round, seed }) => [round, seed])),
  };
}

/** What GuessBot knows and nobody else may know before the end. */
export function secretOf(dataDir: string, channelId: string): { target: number; nonce: string } {
  return JSON.parse(storedChannel(dataDir, channelId).attachment.state);
}
