import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DOORS, type Door } from '../support/doors.js';
import { modernClient } from '../support/mcp-clients.js';
import { openRoom, type Room, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const rest = DOORS[0]?.[1] as Door;

let server: RunningServer;
let room: Room;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  room = await openRoom(server, rest, { name: 'Zanzibar nights' });
});

describe.each(DOORS)('Over %s', (_, door) => {
  test('guides, presets and channels are found by their words, and can be fetched', async () => {
    await using alice = await door(server, 'alice', room.alice.token);
    const idsFor = async (query: string) =>
      (await alice.call('search', { query })).results.map(({ id }: { id: string }) => id);

    const [guides, presets, channels, nothing] = await Promise.all(
      ['subscribe cursor', 'guess number', 'NIGHTS zanzibar', 'no such words anywhere'].map(idsFor),
    );

    expect(guides).toContain('doc:messages');
    expect(presets).toContain('preset:GuessBot');
    expect(channels).toContain(`channel:${room.id}`);
    expect(nothing).toEqual([]);
    for (const id of ['doc:messages', 'preset:GuessBot', `channel:${room.id}`]) {
      const document = await alice.call('fetch', { id });
      expect(document).toMatchObject({ id, url: expect.stringContaining(server.url) });
      expect(document.text.length).toBeGreaterThan(100);
    }
  });

  test('a private channel is not found by others, and looks as if it did not exist', async () => {
    await using mallory = await door(server, 'mallory');

    const { results } = await mallory.call('search', { query: 'zanzibar' });
    const forbidden = await refusal(mallory.call('fetch', { id: `channel:${room.id}` }));
    const absent = await refusal(mallory.call('fetch', { id: 'channel:chn_00000000000' }));

    expect(results).toEqual([]);
    expect(forbidden).toMatchObject({ code: 'DOCUMENT_NOT_FOUND', status: 404 });
    expect({ ...absent, request_id: '' }).toEqual({ ...forbidden, request_id: '' });
  });

  test('a public channel is found by everyone', async () => {
    await using bob = await door(server, 'bob');
    const opened = { name: 'Timbuktu', slots: ['invite:bob'], visibility: 'public' };
    const { channel_id } = await bob.call('create_channel', opened);
    await using carol = await door(server, 'carol');

    const { results } = await carol.call('search', { query: 'timbuktu' });

    expect(results).toContainEqual(expect.objectContaining({ title: 'Timbuktu', id: `channel:${channel_id}` }));
  });
});

test('search and fetch answer in the form that ChatGPT needs: a text with the same JSON as the value', async () => {
  const client = await modernClient(server.url, room.alice.token);
  const found = await client.callTool({ name: 'search', arguments: { query: 'zanzibar' } });
  const fetched = await client.callTool({ name: 'fetch', arguments: { id: `channel:${room.id}` } });
  const { tools } = await client.listTools();
  await client.close();

  for (const { structuredContent, content } of [found, fetched]) {
    const [first] = content;
    expect(content).toHaveLength(1);
    expect(JSON.parse(first?.type === 'text' ? first.text : '')).toEqual(structuredContent);
  }
  expect(Object.keys(found.structuredContent ?? {})).toEqual(['results']);
  expect(Object.keys(fetched.structuredContent ?? {}).sort()).toEqual(['id', 'text', 'title', 'url']);
  const hints = tools.filter(({ name }) => ['search', 'fetch'].includes(name)).map(({ annotations }) => annotations);
  expect(hints.map((hint) => hint?.readOnlyHint)).toEqual([true, true]);
});
