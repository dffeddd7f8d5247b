import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, signIn } from '../support/oauth.js';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { post, request } from './json-rpc.js';

const NOT_FOUND = { jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null };

let server: RunningServer;
let mcp: string;
let alice: { authorization: string };
let mallory: { authorization: string };
beforeAll(async () => {
  server = await startServer();
  mcp = `${server.url}/mcp`;
  [alice, mallory] = (await Promise.all([signIn(server.url, 'alice'), signIn(server.url, 'mallory')])).map(bearer) as [
    typeof alice,
    typeof mallory,
  ];
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const open = async (who: { authorization: string }) => {
  const { headers } = await post(mcp, request('initialize'), who);
  return { 'mcp-session-id': headers.get('mcp-session-id') as string };
};

describe('A session', () => {
  test('serves the caller that opened it, and returns its id', async () => {
    const session = await open(alice);

    const { status, headers } = await post(mcp, request('ping'), { ...alice, ...session });

    expect(status).toBe(200);
    expect(headers.get('mcp-session-id')).toBe(session['mcp-session-id']);
  });

  test('is unknown to all other callers, who cannot end it either', async () => {
    const session = await open(alice);

    const called = await post(mcp, request('tools/list'), { ...mallory, ...session });
    const streamed = await fetch(mcp, { headers: { ...mallory, ...session } });
    const ended = await fetch(mcp, { method: 'DELETE', headers: { ...mallory, ...session } });

    expect(called).toMatchObject({ status: 404, message: NOT_FOUND });
    expect([streamed.status, ended.status]).toEqual([404, 404]);
    expect((await post(mcp, request('ping'), { ...alice, ...session })).status).toBe(200);
  });

  test('that never existed gets the same answer', async () => {
    const answer = await post(mcp, request('ping'), { ...alice, 'mcp-session-id': 'f'.repeat(32) });

    expect(answer).toMatchObject({ status: 404, message: NOT_FOUND });
  });

  test('ends with DELETE', async () => {
    const session = await open(alice);

    const ended = await fetch(mcp, { method: 'DELETE', headers: { ...alice, ...session } });

    expect(ended.status).toBe(200);
    expect((await post(mcp, request('ping'), { ...alice, ...session })).status).toBe(404);
  });

  test('has an event stream, which ends with it', async () => {
    const session = await open(alice);
    const stream = await fetch(mcp, { headers: { ...alice, ...session, accept: 'text/event-stream' } });
    const said = stream.text();

    await fetch(mcp, { method: 'DELETE', headers: { ...alice, ...session } });

    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(await said).toBe(': open\n\n');
  });

  test('that is displaced as the oldest of twenty loses its stream, and opens again under its id', async () => {
    const carol = bearer(await signIn(server.url, 'carol'));
    const first = await open(carol);
    const stream = await fetch(mcp, { headers: { ...carol, ...first } });
    for (let i = 0; i < 20; i++) await open(carol);

    expect(await stream.text()).toBe(': open\n\n');
    expect((await post(mcp, request('ping'), { ...carol, ...first })).message.result).toEqual({});
  });
});

test('an open stream does not delay the stop of the server', async () => {
  // A busy machine only adds to the time: one quick stop is enough.
  await eventually(async () => {
    await using short = await startServer();
    const dave = bearer(await signIn(short.url, 'dave'));
    const { headers } = await post(`${short.url}/mcp`, request('initialize'), dave);
    const session = { 'mcp-session-id': headers.get('mcp-session-id') as string };
    const stream = await fetch(`${short.url}/mcp`, { headers: { ...dave, ...session } });
    const started = Date.now();

    expect(await short.stop()).toBe(0);

    const took = Date.now() - started;
    await stream.text().catch(() => undefined);
    return took < 2_000;
  });
});
