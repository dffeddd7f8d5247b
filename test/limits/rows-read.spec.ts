import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { RoundsInPlay } from '../../src/bots/play/rounds-in-play.service.js';
import type { Caller } from '../../src/kernel/caller.js';
import { OperationCatalog } from '../../src/platform/catalogs/operation-catalog.js';
import { readConfig } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import { createServer } from '../../src/server.js';
import { counted } from '../support/counted-rows.js';
import { DOORS } from '../support/doors.js';
import { openRoom } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { callerOf, type Store, stored } from '../support/stored.js';
import { onSqlite } from '../support/which-database.js';

/** More than any operation looks through in one call. */
const MANY = 1_200;
/** They refuse a log to which rows were added by hand, as here. */
const OF_SIGNED_LOGS = ['export_transcript', 'get_checkpoint', 'get_proof'];

let server: RunningServer;
let app: NestExpressApplication;
let rows: ReturnType<typeof counted>;
let alice: Caller;
let channel_id: string;
/** A channel whose one round goes on while members come and go. */
let crowded: string;
let bot_id: string;
let code_hash: string;
onSqlite('What SQLite reads', () => {
  beforeAll(async () => {
    server = await startServer();
    const [[, rest]] = DOORS as [(typeof DOORS)[number]];
    await using room = await openRoom(server, rest, {
      bot_preset: 'GuessBot',
      // So many numbers that the guess is not right by luck.
      bot_params: { range: [1, 1_000_000_000] },
      distinct_members: true,
    });
    await using other = await openRoom(server, rest, { bot_preset: 'GuessBot', distinct_members: true });
    channel_id = room.id;
    crowded = other.id;
    const { bots } = await room.alice.call('who', { channel_id });
    ({ bot_id, code_hash } = bots[0]);
    await room.alice.call('post_message', { channel_id, body: 'guess 1' });
    const { account_id, session_id, client_id, name } = callerOf(server.dataDir, room.alice.token) as Record<
      string,
      string
    >;
    alice = {
      accountId: `${account_id}`,
      sessionId: `${session_id}`,
      clientId: `${client_id}`,
      name: `${name}`,
      role: 'admin',
      scopes: ['channels', 'bots', 'admin'],
    };
    await server.stop();
    const settings = { DATA_DIR: server.dataDir, PORT: '0', LOG_LEVEL: 'silent', SANDBOX: 'embedded' };
    app = await createServer(readConfig(settings, join(server.dataDir, '.env')));
    rows = counted(app.get(Database).read);
    await app.init();
    rows.statements.length = 0;
  });
  afterAll(async () => {
    await app?.close();
    await server[Symbol.asyncDispose]();
  });

  /** What each read is asked, of those that answer about what others wrote. */
  const asked = (): Record<string, object> => ({
    fetch: { id: `channel:${channel_id}` },
    get_bot_code: { channel_id, bot_id },
    get_limits: {},
    get_messages: { channel_id, limit: 10 },
    get_preset: { name: 'GuessBot' },
    get_run: { channel_id, bot_id, run: 1 },
    health_check: {},
    inspect_bot_code: { hash: code_hash },
    list_accounts: { limit: 10 },
    list_bot_code: { limit: 10 },
    list_channels: { limit: 10 },
    list_decisions: { limit: 10 },
    list_presets: {},
    list_runs: { channel_id, bot_id, limit: 10 },
    list_tokens: {},
    read_text: { channel_id, msg_id: 1 },
    search: { query: 'Room' },
    start_here: {},
    sync_messages: { channel_id, cursor: 0, limit: 10, timeout_ms: 0 },
    wait_for_message: { channel_id, since_id: 0, timeout_ms: 0 },
    who: { channel_id },
  });

  /** How many rows each read is handed. */
  async function rowsOfEach(): Promise<Record<string, number>> {
    const read: Record<string, number> = {};
    for (const { contract, call } of app.get(OperationCatalog).all()) {
      if (!contract.reads || OF_SIGNED_LOGS.includes(contract.name)) continue;
      const input = asked()[contract.name];
      if (!input) throw new Error(`${contract.name} is not in the table above`);
      const before = rows.read();
      await call(input, alice, new AbortController().signal);
      read[contract.name] = rows.read() - before;
    }
    const { read: tx } = app.get(Database);
    const roundsInPlay = app.get(RoundsInPlay);
    const questions: Record<string, () => Promise<unknown>> = {
      'who plays, at each change': () => roundsInPlay.inPlay(tx, crowded, null),
      'whether a contest binds, at each join': () => roundsInPlay.isBinding(tx, crowded),
      'whether it has begun, at each join': () => roundsInPlay.hasBegun(tx, crowded),
      'who knows too much, at each join': () => roundsInPlay.peekedByOthers(tx, crowded, 'acc_other'),
    };
    for (const [name, ask] of Object.entries(questions)) {
      const before = rows.read();
      await ask();
      read[name] = rows.read() - before;
    }
    return read;
  }

  test('No query reads more rows when strangers have written twice as much', async () => {
    stored(server.dataDir, (database) => write(database, 0), false);
    const once = await rowsOfEach();

    stored(server.dataDir, (database) => write(database, 1), false);
    const twice = await rowsOfEach();

    const grown = Object.entries(twice).filter(([name, count]) => count > (once[name] ?? 0));
    expect(grown.map(([name, count]) => `${name}: ${once[name]}, then ${count}`)).toEqual([]);
  });

  test('No query scans a table without an index', () => {
    const scanned = stored(server.dataDir, (database) =>
      [...new Set(rows.statements)]
        // The newest by their number are read from the end of the table itself.
        .filter((sql) => sql.startsWith('SELECT') && !/ORDER BY "\w+"\."id" DESC LIMIT \d+$/.test(sql))
        .flatMap((sql) => {
          const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array(sql.split('?').length - 1).fill(1));
          return (plan as { detail: string }[]).map(({ detail }) => `${detail} | ${sql}`);
        })
        .filter((detail) => /^SCAN (?!CONSTANT|dummy_table|.*USING (COVERING )?INDEX)/.test(detail)),
    );

    expect(scanned).toEqual([]);
  });
});

/** The n-th time that strangers write: channels, members that come and go, games that end, invites, code, accounts. */
function write(database: Store, nth: number) {
  const like = (table: string, where = '1') =>
    database.prepare(`SELECT * FROM ${table} WHERE ${where} ORDER BY rowid DESC LIMIT 1`).get() as Record<
      string,
      unknown
    >;
  const add = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    const names = columns.map((name) => `"${name}"`).join();
    database
      .prepare(`INSERT INTO ${table} (${names}) VALUES (${columns.map(() => '?').join()})`)
      .run(...Object.values(row));
  };
  const there = `channel_id = '${channel_id}'`;
  const own = {
    channel: like('channel', `id = '${channel_id}'`),
    slot: like('slot', "kind = 'invite'"),
    entry: like('entry', `${there} AND hidden = 0 AND kind = 'user'`),
    hidden: like('entry', `${there} AND hidden = 1`),
    invite: like('invite'),
    tenure: like('seat_tenure', `channel_id = '${crowded}'`),
    round: like('round', there),
    run: like('run', there),
    code: like('bot_code'),
    account: like('account'),
  };
  const lastSeq = Number(own.channel.last_seq);
  const lastRound = Number(own.round.round);
  const lastRun = Number(own.run.run);
  database.transaction(() => {
    for (let i = 1; i <= MANY; i++) {
      const id = `${nth}_${i}`;
      const seq = lastSeq + 3 * i;
      const stranger = { id: `chn_${id}`, name: `Room ${id}`, visibility: 'public', creator_id: 'acc_other' };
      add('channel', { ...own.channel, ...stranger, created_at: Number(own.channel.created_at) + seq });
      add('slot', { ...own.slot, channel_id: `chn_${id}`, account_id: null, session_id: null, rejoin_hash: null });
      add('entry', { ...own.entry, seq });
      add('entry', { ...own.hidden, seq: seq + 1, cause_seq: seq });
      const over = JSON.stringify({ body: { type: 'round:end', bot_id, round: lastRound + i } });
      add('entry', { ...own.entry, seq: seq + 2, kind: 'system', from_id: 'system', type: 'round:end', opening: over });
      add('invite', { ...own.invite, code_hash: `${id}-invite`, channel_id, spent_at: 1 });
      add('seat_tenure', { ...own.tenure, id: null, joined_seq: seq, left_seq: seq + 1 });
      const revealed_seq = i === MANY ? null : seq + 2;
      if (i > 1 || nth > 0)
        database.prepare(`UPDATE round SET revealed_seq = ? WHERE ${there} AND revealed_seq IS NULL`).run(seq);
      add('round', { ...own.round, round: lastRound + i, revealed_seq, touched_seq: null });
      add('run', { ...own.run, run: lastRun + i, round: lastRound + i, event_seq: seq, receipt_seq: seq + 1 });
      add('bot_code', { ...own.code, code_hash: `${id}-code`, first_account_id: 'acc_other' });
      add('account', { ...own.account, id: `acc_${id}`, name: `Person ${id}`, login_name: `person ${id}` });
    }
    const seq = lastSeq + 3 * MANY + 2;
    database.prepare('UPDATE channel SET last_seq = ? WHERE id = ?').run(seq, channel_id);
    database
      .prepare(`UPDATE attachment SET round = ?, runs = ?, cursor = ? WHERE ${there}`)
      .run(lastRound + MANY, lastRun + MANY, seq);
    database
      .prepare(`UPDATE round SET revealed_seq = ? WHERE ${there} AND round < ? AND revealed_seq IS NULL`)
      .run(seq, lastRound + MANY);
  })();
}
