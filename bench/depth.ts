import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { sqliteDriver } from '../src/platform/database/sqlite.js';
import type { RunningServer } from '../test/support/server.js';
import { channelOf, type Member, memberOf, startParley } from './parley.js';
import { type Sample, type Table, timed } from './report.js';

const DEPTHS = [1_000, Number(process.env.BENCH_ENTRIES ?? 1_000_000)] as const;
const TIMES = 300;
const PAGE = 50;
/** Until the code of the server is compiled, so that the first log that is read is not slower for it. */
const WARM_UP = 200;

/** How long the newest page of a log takes to read, in a short and in a long log, beside the same read of the index alone. */
export async function depth(table: Table) {
  await using server = await startParley();
  const member = await memberOf(server.url);
  const channels = [await channelOf([member]), await channelOf([member])] as const;
  await server.stop();
  for (const [i, channel] of channels.entries()) fill(server, channel, DEPTHS[i] as number);
  await server.start();
  const [short, long] = [await synced(server, member, channels[0], 0), await synced(server, member, channels[1], 1)];
  const seek = await sought(server, channels[1], DEPTHS[1]);
  table.add(`ms of sync_messages, the newest ${PAGE} of ${DEPTHS[0]}`, short.p50, '', '', '');
  table.add(
    `the same of ${DEPTHS[1]}, floor: of ${DEPTHS[0]}`,
    long.p50,
    short.p50,
    long.p50 / short.p50,
    'at most 1.2',
  );
  table.add(`the same, floor: the read of the index`, long.p50, seek.p50, long.p50 / seek.p50, '');
}

const open = ({ dataDir }: RunningServer) => new (sqliteDriver() as typeof Sqlite)(join(dataDir, 'parley.sqlite'));

/** Repeats the last entry until the log has `length` entries. Nobody checks the hashes here. */
function fill(server: RunningServer, channel: string, length: number) {
  const database = open(server);
  const columns = database.prepare(
    "SELECT name FROM pragma_table_info('entry') WHERE name NOT IN ('channel_id', 'seq')",
  );
  const names = columns
    .pluck()
    .all()
    .map((name) => `"${name}"`);
  database.exec(`
    WITH RECURSIVE more(seq) AS (SELECT 3 UNION ALL SELECT seq + 1 FROM more WHERE seq < ${length})
    INSERT INTO entry (channel_id, seq, ${names}) SELECT channel_id, more.seq, ${names.map((name) => `entry.${name}`)}
      FROM more JOIN entry ON channel_id = '${channel}' AND entry.seq = 2;
    UPDATE channel SET last_seq = ${length} WHERE id = '${channel}'`);
  database.close();
}

async function synced({ url }: RunningServer, { headers }: Member, channel: string, i: 0 | 1): Promise<Sample> {
  const address = `${url}/sync_messages?channel_id=${channel}&cursor=${DEPTHS[i] - PAGE}&limit=${PAGE}&timeout_ms=0`;
  return timed(
    TIMES,
    0,
    async () => {
      const response = await fetch(address, { headers });
      const { messages } = (await response.json()) as { messages: unknown[] };
      if (messages.length !== PAGE) throw new Error(`${messages.length} messages`);
    },
    WARM_UP,
  );
}

async function sought(server: RunningServer, channel: string, length: number): Promise<Sample> {
  const database = open(server);
  const read = database.prepare('SELECT * FROM entry WHERE channel_id = ? AND seq > ? ORDER BY seq LIMIT ?');
  const sample = await timed(TIMES, 0, async () => read.all(channel, length - PAGE, PAGE));
  database.close();
  return sample;
}
