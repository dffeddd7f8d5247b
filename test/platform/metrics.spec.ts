import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { openRoom } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const [, rest] = DOORS[0] ?? [];

test('Metrics count hooks by outcome', async () => {
  await using server = await startServer();
  await using room = await openRoom(server, rest!, {
    bot_code: `class Sour { constructor(ctx) { this.ctx = ctx } onMessage({ body }) { if (body.text === 'x') throw new Error('sour') } }`,
  });
  for (const body of ['a', 'b', 'x']) await room.alice.call('post_message', { channel_id: room.id, body });

  const response = await fetch(`${server.url}/metrics`);

  expect(response.headers.get('content-type')).toContain('text/plain');
  const text = await response.text();
  expect(text).toContain('parley_hooks_total{runner="embedded",outcome="ok"} 2\n');
  expect(text).toContain('parley_hooks_total{runner="embedded",outcome="threw"} 1\n');
  expect(text).toContain('parley_hooks_running{runner="embedded"} 0\n');
  expect(server.log()).toMatch(/"bot":"bot_Sour_0".*"outcome":"threw","code":"BOT_THREW"/);
});

/** The figures of one name, by their labels. */
async function figures(url: string, name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length).split(' ')[0] ?? '', Number(line.split(' ').at(-1))]),
  );
}

test('Metrics count calls, messages and stored objects, and have the same values after a restart', async () => {
  await using server = await startServer();
  await using room = await openRoom(server, rest!, { name: 'Sesame', slots: ['invite:player', 'invite:player'] });
  const { alice, bob, id: channel_id } = room;
  await alice.call('post_message', { channel_id, body: 'sesame' });
  await alice.call('post_message', { channel_id: 'chn_nowhere', body: 'sesame' }).catch(() => {});
  await fetch(`${server.url}/post_message`, { method: 'POST' });
  const poll = bob.call('sync_messages', { channel_id, cursor: 100, timeout_ms: 20_000 }).catch(() => {});

  const requests = await figures(server.url, 'parley_requests_total');
  expect(requests['{operation="post_message",status="200"}']).toBe(1);
  expect(requests['{operation="post_message",status="401"}']).toBe(1);
  expect(requests['{operation="create_channel",status="200"}']).toBe(1);
  expect(Object.keys(requests).filter((labels) => /post_message.*status="4/.test(labels)).length).toBe(2);
  const held = {
    channels: await figures(server.url, 'parley_channels'),
    seats: await figures(server.url, 'parley_seats'),
  };
  expect(held.channels).toEqual({ '': 1 });
  expect(held.seats['']).toBeGreaterThanOrEqual(2);
  expect((await figures(server.url, 'parley_messages_total'))['']).toBeGreaterThanOrEqual(4);
  expect((await figures(server.url, 'parley_sign_ins_total'))['{way="guest"}']).toBeGreaterThanOrEqual(2);
  while ((await figures(server.url, 'parley_waiting_polls'))[''] !== 1);

  const text = await (await fetch(`${server.url}/metrics`)).text();
  for (const told of ['sesame', 'Sesame', channel_id, 'nowhere', 'alice', 'acc_', 'ses_', 'cli_'])
    expect(text).not.toContain(told);

  await server.crashAndRestart();
  await poll;
  expect(await figures(server.url, 'parley_channels')).toEqual(held.channels);
  expect(await figures(server.url, 'parley_seats')).toEqual(held.seats);
  await bob.call('leave_channel', { channel_id });
  expect(await figures(server.url, 'parley_seats')).toEqual({ '': (held.seats[''] ?? 0) - 1 });
  await alice.call('update_channel', { channel_id, ops: [{ type: 'close' }] });
  expect(await figures(server.url, 'parley_channels')).toEqual({ '': 0 });
  expect(await figures(server.url, 'parley_seats')).toEqual({ '': 0 });
});

describe('Before any operation was called', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  test('a call of an unknown operation adds no label', async () => {
    for (const path of ['no_such_operation', 'a'.repeat(200), 'post_message%20x']) await fetch(`${server.url}/${path}`);

    expect(await figures(server.url, 'parley_requests_total')).toEqual({});
  });

  test('metrics are served to this machine, or with the metrics token', async () => {
    await using guarded = await startServer({ METRICS_TOKEN: 'let-me-see' });
    const status = async (url: string, headers: Record<string, string> = {}) =>
      (await fetch(`${url}/metrics`, { headers })).status;

    expect(await status(server.url)).toBe(200);
    expect(await status(server.url, { 'x-forwarded-for': '198.51.100.7' })).toBe(404);
    expect(await status(guarded.url)).toBe(404);
    expect(await status(guarded.url, { authorization: 'Bearer let-me-sea' })).toBe(404);
    expect(await status(guarded.url, { authorization: 'Bearer let-me-see' })).toBe(200);
  });

  test('the health of each part is reported with the health of the server', async () => {
    const [alive, ready] = await Promise.all(
      ['healthz', 'readyz'].map(async (path) => (await fetch(`${server.url}/${path}`)).json()),
    );

    expect(alive).toEqual({
      status: 'ok',
      database: 'ok',
      disk: 'ok',
      entries: 'ok',
      sandbox: 'embedded',
      signing: 'ok',
    });
    expect(ready).toEqual(alive);
  });
});
