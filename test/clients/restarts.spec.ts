import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { DOORS, type Door } from '../support/doors.js';
import { ofType } from '../support/game.js';
import { bearer, signIn } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { SDK_CLIENTS, type Walker } from './walkers.js';

const restDoor = (DOORS[0] as [string, Door])[1];

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

describe.each(SDK_CLIENTS)('After a power cut, %s', (_, connect) => {
  test('repeats the interrupted long poll, and misses nothing', async () => {
    await using alice = await connect(server, 'alice');
    const channel_id = await ownChannel(alice);
    const { cursor } = await alice.call('sync_messages', { channel_id });
    const waiting = alice.call('sync_messages', { channel_id, cursor, timeout_ms: 50_000 }).catch(() => 'broken off');
    await new Promise((later) => setTimeout(later, 300));

    await server.crashAndRestart();

    expect(await waiting).toBe('broken off');
    await alice.call('post_message', { channel_id, body: 'after the cut' });
    const { messages } = await alice.call('sync_messages', { channel_id, cursor });
    expect(messages.map(({ body }: { body: object }) => body)).toEqual([{ text: 'after the cut' }]);
  });

  test('continues a game, with the same session', async () => {
    await using alice = await connect(server, 'alice');
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Guessing',
      slots: ['bot:guess-referee', 'invite:alice', 'invite:bob'],
      bot_preset: 'GuessBot',
      bot_params: { range: [1, 1_000_000_000] },
    });
    await using bob = await connect(server, 'bob');
    await alice.call('join_channel', { invite_code: invites[0] });
    await bob.call('join_channel', { invite_code: invites[1] });
    await alice.call('post_message', { channel_id, body: 'guess 500000' });

    await server.crashAndRestart();

    const { replies } = await bob.call('post_message', { channel_id, body: 'guess 250000' });
    expect(ofType(replies, 'judge')[0]?.body).toMatchObject({ player: 's2', guess: 250_000 });
    const { messages } = await alice.call('sync_messages', { channel_id });
    expect(ofType(messages, 'judge').map(({ body }) => body.player)).toEqual(['s1', 's2']);
  });
});

describe.each([
  ['line 1', watchesInLine1],
  ['line 2', watchesInLine2],
])('After a power cut, the client of %s with an open event stream', (_, watches) => {
  test('is still notified about its subscriptions, and about what it may have missed', async () => {
    const { access_token } = await signIn(server.url, 'alice');
    await using alice = await restDoor(server, 'alice', access_token);
    const channel_id = await ownChannel(alice);
    const uri = `parley://channel/${channel_id}`;
    const heard: string[] = [];
    await using _client = await watches(access_token, uri, () => heard.push(uri));
    await alice.call('post_message', { channel_id, body: 'before the cut' });
    await until(() => heard.length === 1);

    await server.crashAndRestart();
    await until(() => heard.length === 2);
    await alice.call('post_message', { channel_id, body: 'after the cut' });

    await until(() => heard.length === 3);
  });
});

/** However long the server is away. */
const PATIENT = {
  initialReconnectionDelay: 100,
  maxReconnectionDelay: 500,
  reconnectionDelayGrowFactor: 1.5,
  maxRetries: 1_000,
};

async function watchesInLine1(token: string, uri: string, heard: () => void): Promise<AsyncDisposable> {
  const client = new Client1({ name: 'alice', version: '1' });
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, heard);
  const transport = new Transport1(new URL('/mcp', server.url), {
    requestInit: { headers: bearer({ access_token: token }) },
    reconnectionOptions: PATIENT,
  });
  await client.connect(transport as never);
  await client.subscribeResource({ uri });
  return { [Symbol.asyncDispose]: () => client.close() };
}

async function watchesInLine2(token: string, uri: string, heard: () => void): Promise<AsyncDisposable> {
  const client = new Client2({ name: 'alice', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  client.setNotificationHandler('notifications/resources/updated', heard);
  const transport = new Transport2(new URL('/mcp', server.url), {
    requestInit: { headers: bearer({ access_token: token }) },
    reconnectionOptions: PATIENT,
  });
  await client.connect(transport);
  await client.subscribeResource({ uri });
  return { [Symbol.asyncDispose]: () => client.close() };
}

async function until(isSo: () => boolean) {
  for (const end = Date.now() + 30_000; !isSo(); ) {
    if (Date.now() > end) throw new Error('it never came to that');
    await new Promise((later) => setTimeout(later, 50));
  }
}

async function ownChannel(walker: Pick<Walker, 'call'>): Promise<string> {
  const { channel_id, invites } = await walker.call('create_channel', { name: 'Restart', slots: ['invite:alice'] });
  await walker.call('join_channel', { invite_code: invites[0] });
  return channel_id;
}
