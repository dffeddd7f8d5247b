import { expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { openRoom } from '../support/rooms.js';
import { startServer } from '../support/server.js';

const [, rest] = DOORS[0] ?? [];

test('Metrics count hooks by how they ended', async () => {
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

test('Metrics are for this machine, or for who has the token', async () => {
  await using open = await startServer();
  await using guarded = await startServer({ METRICS_TOKEN: 'let-me-see' });
  const status = async (url: string, headers: Record<string, string> = {}) =>
    (await fetch(`${url}/metrics`, { headers })).status;

  expect(await status(open.url)).toBe(200);
  expect(await status(open.url, { 'x-forwarded-for': '198.51.100.7' })).toBe(404);
  expect(await status(guarded.url)).toBe(404);
  expect(await status(guarded.url, { authorization: 'Bearer let-me-sea' })).toBe(404);
  expect(await status(guarded.url, { authorization: 'Bearer let-me-see' })).toBe(200);
});

test('The health of the parts is told with the health of the server', async () => {
  await using server = await startServer();

  const [alive, ready] = await Promise.all(
    ['healthz', 'readyz'].map(async (path) => (await fetch(`${server.url}/${path}`)).json()),
  );

  expect(alive).toEqual({ status: 'ok', database: 'ok', disk: 'ok', sandbox: 'embedded' });
  expect(ready).toEqual(alive);
});
