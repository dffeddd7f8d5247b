import { expect, test } from '@jest/globals';
import { post, request } from '../mcp/json-rpc.js';
import { DOORS } from '../support/doors.js';
import { findInStream } from '../support/find-in-stream.js';
import { startLoad } from '../support/load.js';
import { bearer, signIn } from '../support/oauth.js';
import { startProcesses } from '../support/processes.js';
import { openRoom } from '../support/rooms.js';
import { onPostgres } from '../support/which-database.js';

const [[, rest]] = DOORS as [(typeof DOORS)[number]];
const ECHO = `class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { if (body.text === 'later') this.ctx.setTimer('rings', 1); else this.ctx.post('bot', { heard: body.text }); }
  onTimer() { this.ctx.post('bot', { type: 'rang' }); }
}`;

onPostgres('Of two processes on one Postgres', () => {
  test('each hears what is posted at the other, and waits for its bots', async () => {
    await using processes = await startProcesses(2);
    const [first = '', second = ''] = processes.urls;
    await using room = await openRoom({ url: first }, rest, { bot_code: ECHO });
    await using there = await rest({ url: second }, 'bob', room.bob.token);

    const waiting = there.call('sync_messages', { channel_id: room.id, cursor: 100_000, timeout_ms: 30_000 });
    const { replies } = await there.call('post_message', { channel_id: room.id, body: 'hi', wait_ms: 30_000 });
    await room.alice.call('post_message', { channel_id: room.id, body: 'to you', wait_ms: 0 });

    expect(replies).toMatchObject([{ body: { heard: 'hi' } }]);
    expect((await waiting).messages.length).toBeGreaterThan(0);
  }, 240_000);

  test('the other one goes on with the bots and timers of one that is killed', async () => {
    await using processes = await startProcesses(2);
    const [first = '', second = ''] = processes.urls;
    await using room = await openRoom({ url: first }, rest, { bot_code: ECHO });
    await using there = await rest({ url: second }, 'bob', room.bob.token);
    await room.alice.call('post_message', { channel_id: room.id, body: 'later', wait_ms: 30_000 });

    process.kill(processes.servers[0]?.pid as number, 'SIGKILL');
    const { replies } = await there.call('post_message', { channel_id: room.id, body: 'hi', wait_ms: 60_000 });

    expect(replies).toMatchObject([{ body: { heard: 'hi' } }]);
    const wasRung = async () =>
      (await there.call('get_messages', { channel_id: room.id, since_id: 0 })).messages.some(
        ({ body }: { body: { type?: string } }) => body.type === 'rang',
      );
    while (!(await wasRung())) await there.call('sync_messages', { channel_id: room.id, cursor: 0, timeout_ms: 1_000 });
  }, 240_000);

  test('a stream at one tells of what was subscribed to at the other', async () => {
    await using processes = await startProcesses(2);
    const [first = '', second = ''] = processes.urls;
    await using room = await openRoom({ url: first }, rest, { slots: ['invite:a', 'invite:b'] });
    const headers = { authorization: `Bearer ${room.bob.token}` };
    const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bob', version: '1' } };
    const opened = await fetch(`${first}/mcp`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello }),
    });
    await opened.text();
    const session = { ...headers, 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const stream = await fetch(`${first}/mcp`, { headers: { ...session, accept: 'text/event-stream' } });

    const uri = `parley://channel/${room.id}`;
    const subscribed = await post(`${second}/mcp`, request('resources/subscribe', { uri }), session);
    expect(subscribed.message).toMatchObject({ result: {} });
    await room.alice.call('post_message', { channel_id: room.id, body: 'news', wait_ms: 0 });

    const told = await findInStream(stream, (text) => text.includes('notifications/resources/updated') || undefined);
    expect(told).toBe(true);
  }, 240_000);

  test('posts at both make one log without gaps, and no hook takes effect twice', async () => {
    await using processes = await startProcesses(2);
    const load = await startLoad({ url: processes.url, dataDir: processes.dataDir }, 3);

    for (let i = 0; i < 5; i++) await load.progress();
    await load.stop();

    expect(load.faults()).toEqual([]);
  }, 240_000);

  test('a session that ends at one is over at the other', async () => {
    await using processes = await startProcesses(2);
    const [first = '', second = ''] = processes.urls;
    const alice = await signIn(first, 'alice');
    const form = new URLSearchParams({ token: alice.refresh_token, client_id: alice.client_id });
    await fetch(`${first}/revoke`, { method: 'POST', body: form });

    expect((await fetch(`${second}/list_channels`, { headers: bearer(alice) })).status).toBe(401);
  }, 240_000);
});
