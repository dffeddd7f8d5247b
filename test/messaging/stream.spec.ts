import { expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { basic, bearer, register, token } from '../support/oauth.js';
import { everythingRead, openRoom, type Room } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const [[, rest]] = DOORS as [(typeof DOORS)[number]];

const server = useServer();

const open = (person: Person, id: string, headers: Record<string, string> = {}, query = '') =>
  fetch(`${server.url}/channels/${id}/events${query}`, {
    headers: { ...bearer({ access_token: person.token }), ...headers },
  });

/** Reads events until `enough` of them are there or the stream ends. */
async function eventsOf({ body }: Response, enough: number) {
  const events: { id: number; data: { id: number; body: { text?: string } } }[] = [];
  const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let ended = false;
  while (events.length < enough && !ended) {
    const { value, done } = await reader.read();
    ended = done;
    text += value ?? '';
    const parts = text.split('\n\n');
    text = parts.pop() as string;
    for (const part of parts) {
      const [, id, data] = /^id: (\d+)\nevent: message\ndata: (.*)$/.exec(part) ?? [];
      if (data) events.push({ id: Number(id), data: JSON.parse(data) });
    }
  }
  if (!ended) await reader.cancel();
  return { events, ended };
}

const say = ({ alice, id }: Room, body: string) => alice.call('post_message', { channel_id: id, body, wait_ms: 0 });
const SEATS = { slots: ['invite:a', 'invite:b'] };

test('A stream sends all past messages, and then new ones', async () => {
  await using room = await openRoom(server, rest, SEATS);
  await say(room, 'before');
  const response = await open(room.bob, room.id);
  const known = await everythingRead(room.bob, room.id);
  const reading = eventsOf(response, known.length + 1);

  const { msg_id } = await say(room, 'live');

  const { events } = await reading;
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  expect(events.slice(0, -1).map(({ data }) => data)).toEqual(known);
  expect(events.at(-1)).toMatchObject({ id: msg_id, data: { id: msg_id, body: { text: 'live' } } });
});

test.each([
  ['Last-Event-ID', (id: number): [Record<string, string>, string] => [{ 'last-event-id': `${id}` }, '']],
  ['a cursor', (id: number): [Record<string, string>, string] => [{}, `?cursor=${id}`]],
])('A stream that was interrupted continues after %s, and misses nothing', async (_case, resume) => {
  await using room = await openRoom(server, rest, SEATS);
  const { msg_id } = await say(room, 'seen');
  const missed = (await say(room, 'said meanwhile')).msg_id;
  const reading = eventsOf(await open(room.bob, room.id, ...resume(msg_id)), 2);

  const live = (await say(room, 'live')).msg_id;

  expect((await reading).events.map(({ id }) => id)).toEqual([missed, live]);
});

test('A stream contains only what the seat may read', async () => {
  await using room = await openRoom(server, rest, { slots: ['invite:a', 'invite:b', 'invite:c'] });
  await room.mallory.call('join_channel', { invite_code: room.invites[2] });
  const { length } = await everythingRead(room.mallory, room.id);
  const reading = eventsOf(await open(room.mallory, room.id), length + 1);

  await room.alice.call('post_message', { channel_id: room.id, body: 'to bob', to: 's1', wait_ms: 0 });
  await say(room, 'to all');

  expect((await reading).events.at(-1)?.data.body).toEqual({ text: 'to all' });
});

test('A stream ends when the seat is lost', async () => {
  await using room = await openRoom(server, rest, SEATS);
  const reading = eventsOf(await open(room.bob, room.id), 1_000);
  await new Promise((later) => setTimeout(later, 200));

  await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's1' }] });
  await say(room, 'without bob');

  const { events, ended } = await reading;
  expect(ended).toBe(true);
  expect(JSON.stringify(events)).not.toContain('without bob');
});

test.each<[string, (room: Room) => Promise<Response>, number, string]>([
  ['nobody', ({ id }) => fetch(`${server.url}/channels/${id}/events`), 401, 'AUTHENTICATION_REQUIRED'],
  ['a stranger', async ({ id, mallory }) => open(await mallory.arrive(), id), 403, 'NOT_MEMBER'],
  ['nowhere', ({ bob }) => open(bob, 'chn_AAAAAAAAAAA'), 403, 'NOT_MEMBER'],
  ['no id', ({ id, bob }) => open(bob, id, { 'last-event-id': 'x; DROP' }), 400, 'INVALID_REQUEST'],
])('A stream for %s is refused with a problem', async (_case, ask, status, code) => {
  await using room = await openRoom(server, rest, SEATS);

  const response = await ask(room);

  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch('application/problem+json');
  expect(await response.json()).toMatchObject({ code });
  if (status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
});

test('A long history is sent completely', async () => {
  await using room = await openRoom(server, rest, { slots: ['invite:alice', 'invite:bob'] });
  const { id, alice, bob } = room;
  const text = 'A'.repeat(60_000);
  for (let i = 0; i < 40; i++) await alice.call('post_message', { channel_id: id, body: text, wait_ms: 0 });

  const response = await open(bob, id);
  // Slow to begin reading, so that the server has to wait.
  await new Promise((later) => setTimeout(later, 500));
  const { events } = await eventsOf(response, 43);

  expect(events.filter(({ data }) => data.body.text === text)).toHaveLength(40);
});

test('A token without the scope channels cannot open a stream', async () => {
  await using room = await openRoom(server, rest, {});
  const narrow = await register(server.url, { client_name: 'narrow', grant_types: ['client_credentials'] });
  const form = { grant_type: 'client_credentials', scope: 'bots' };
  const granted = await token(server.url, form, basic(narrow));
  const { access_token } = (await granted.json()) as { access_token: string };

  const response = await fetch(`${server.url}/channels/${room.id}/events`, { headers: bearer({ access_token }) });

  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
  expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
});
