import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { eventually, openRoom, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';
import { TlsFixture } from '../support/tls-fixture.js';

const HOST = 'api.test';

/** Asks the network, draws, and then never ends, if it is told to. */
const STUCK = `const PAGE = 'https://${HOST}/slow?ms=1';
const LONG = 'https://${HOST}/slow?ms=2000';
export default class Stuck {
  constructor(ctx) { this.ctx = ctx; }
  async onMessage({ body }) {
    const page = await fetch(PAGE);
    console.log(page.receipt.fetched_at);
    if (body.text === 'loop') { this.ctx.random(6); for (;;); }
    if (body.text === 'throw') throw new Error('as ever');
    if (body.text === 'long') await fetch(LONG);
    this.ctx.post('bot', { type: 'told', at: page.receipt.fetched_at });
  }
}`;

/** What never ends is stopped twice: how long that takes does not matter here. */
const BRIEFLY = { name: 'Stuck', permissions: { network: [HOST] }, limits: { wallMs: 2_000 } };

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start([HOST]);
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const asked = () => fixture.hits.get('/slow') ?? 0;

describe.each(DOORS)('A run that fails, over %s', (_, door) => {
  test('because it was stopped is repeated once, with the stored network answers, and reports that it had drawn', async () => {
    await using room = await openRoom(server, door, { bot_code: STUCK, bot_manifest: BRIEFLY });
    const before = asked();

    await room.alice.call('post_message', { channel_id: room.id, body: 'loop', wait_ms: 45_000 });
    const [error] = await eventually(async () => {
      const errors = await told(room.alice, room.id, 'bot:error');
      return errors.length > 0 && errors;
    });

    expect(error).toMatchObject({ code: 'TIMEOUT', run: 1, drew: true });
    expect(asked() - before).toBe(1);
    const { runs } = await room.alice.call('list_runs', { channel_id: room.id, bot_id: 'bot_Stuck_0' });
    expect(runs).toMatchObject([{ run: 1, outcome: 'timed_out' }]);
  });

  test('because it threw is not repeated, and reports that it had made a request', async () => {
    await using room = await openRoom(server, door, { bot_code: STUCK });
    const before = asked();

    await room.alice.call('post_message', { channel_id: room.id, body: 'throw', wait_ms: 45_000 });

    expect(await told(room.alice, room.id, 'bot:error')).toMatchObject([{ code: 'BOT_THREW', drew: true }]);
    expect(asked() - before).toBe(1);
  });

  test('because the server crashed is repeated with the stored network answers, without a second request', async () => {
    await using own = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
    await using room = await openRoom(own, door, { bot_code: STUCK });
    const before = asked();
    await room.alice.call('post_message', { channel_id: room.id, body: 'long', wait_ms: 0 });
    await eventually(async () => asked() - before >= 2);

    await own.crashAndRestart();

    await eventually(async () => (await told(room.alice, room.id, 'told')).length > 0);
    // The page once; the one that was under way when the server died, twice.
    expect(asked() - before).toBe(3);
  });

  test.each<[string, object]>([
    ['its bot is removed', { type: 'remove_bot', slot_id: 's0' }],
    ['the channel is closed', { type: 'close' }],
  ])('and is not repeated, because %s, leaves no stored network answers behind', async (_case, op) => {
    await using room = await openRoom(server, door, { bot_code: STUCK });
    const [before, ended] = [asked(), await hooksEnded()];
    await room.alice.call('post_message', { channel_id: room.id, body: 'long', wait_ms: 0 });
    await eventually(async () => asked() - before >= 2);
    const underWay = answersKept(room.id);

    await room.alice.call('update_channel', { channel_id: room.id, ops: [op] });
    const afterwards = answersKept(room.id);
    await eventually(async () => (await hooksEnded()) > ended);

    expect([underWay, afterwards, answersKept(room.id)]).toEqual([1, 0, 0]);
  });
});

const answersKept = (channelId: string) =>
  stored(
    server.dataDir,
    (database) =>
      database.prepare('SELECT COUNT(*) FROM pending_answer WHERE channel_id = ?').pluck().get(channelId) as number,
  );

/** How many hooks have run to their end. */
async function hooksEnded(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const counts = [...text.matchAll(/^parley_hooks_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}
