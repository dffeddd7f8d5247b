import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { sqliteDriver } from '../src/platform/database/sqlite.js';

/**
 * The least that a durable post can cost: `node:http` alone, which stores each body as an entry of the same size, with
 * the same indexes, in a commit of its own that is on the disk before the answer.
 */
const COLUMNS = [
  ...['channel_id', 'seq', 'ts', 'kind', 'from_id', 'to_id', 'hidden', 'revealed', 'type', 'run', 'cause_seq'],
  ...['quarantined', 'account_id', 'header', 'salt', 'opening', 'leaf_hash'],
];
const SCHEMA = `
  CREATE TABLE entry (${COLUMNS.join(', ')}, PRIMARY KEY (channel_id, seq));
  CREATE INDEX ix_entry_type ON entry (channel_id, type, seq);
  CREATE INDEX ix_entry_from ON entry (channel_id, from_id, type, seq);
  CREATE INDEX ix_entry_cause ON entry (channel_id, cause_seq);`;

const database = new (sqliteDriver() as typeof Sqlite)(join(process.argv[2] as string, 'floor.db'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(SCHEMA);
const insert = database.prepare(`INSERT INTO entry VALUES (${COLUMNS.map(() => '?').join(', ')})`);
const last = new Map<string, number>();

function post(channel: string, opening: string): number {
  const seq = (last.get(channel) ?? 0) + 1;
  last.set(channel, seq);
  const ts = new Date().toISOString();
  const salt = randomBytes(32).toString('hex');
  const header = JSON.stringify({
    body_commit: `sha256:${salt}`,
    ch: channel,
    from: 's0',
    kind: 'user',
    seq,
    ts,
    v: 1,
  });
  const nulls = [null, 0, 0, null, null, null, null];
  insert.run(channel, seq, ts, 'user', 's0', ...nulls, randomUUID(), header, salt, opening, `sha256:${salt}`);
  return seq;
}

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    const { channel_id, body } = JSON.parse(text);
    const seq = post(channel_id, JSON.stringify({ body }));
    const answer = JSON.stringify({ msg_id: seq, ts: new Date().toISOString(), cursor: seq, replies: [] });
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
