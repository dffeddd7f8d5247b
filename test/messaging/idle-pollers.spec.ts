import { existsSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, openRoom, pollsWaiting, type Room } from '../support/rooms.js';
import { AS_IN_USE, MAIN, type RunningServer, startServer } from '../support/server.js';

const POLLERS = 2_000;
const [[, rest]] = DOORS as [(typeof DOORS)[number]];

test('2,000 waiting calls need little memory and CPU, repeatedly, and a post wakes the calls of its channel', async () => {
  await using server = await startServer({ LOG_LEVEL: 'error' }, MAIN, AS_IN_USE);
  await using square = await openRoom(server, rest, { slots: ['invite:a', 'invite:b'], visibility: 'public' });
  const seats = { slots: ['invite:a', 'invite:b'] };
  const rooms = await Promise.all(Array.from({ length: 8 }, () => openRoom(server, rest, seats)));
  const stranger = await square.mallory.arrive();
  const waiters = Array.from({ length: POLLERS }, (_each, i) => {
    const room = rooms[i % rooms.length] as Room;
    return i % 2 ? { person: stranger, room: square } : { person: room.bob, room };
  });
  const before = residentMb(server.pid);

  const first = await wave(server, waiters, before + 150);
  // What the first wave left behind would be there once more.
  const second = await wave(server, waiters, before + 210);

  const figures = { before, first, second };
  if (process.env.SHOW_FIGURES) console.log(`resident MB: ${JSON.stringify(figures)}`);
  await Promise.all(rooms.map((room) => room[Symbol.asyncDispose]()));
});

interface Waiter {
  readonly person: Person;
  readonly room: Room;
}

/** Everyone waits; one room has news; then all have. Answers with what the server weighed meanwhile and afterwards. */
async function wave(server: RunningServer, waiters: readonly Waiter[], mostMb: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const [{ room: quiet }] = waiters as [Waiter];
  const rooms = [...new Set(waiters.map(({ room }) => room))];
  const cursors = new Map<string, number>();
  for (const { id, alice } of rooms) cursors.set(id, (await say(alice, id, 'the last word')).msg_id);
  const answered = new Set<string>();
  const polls = waiters.map(async ({ person, room: { id } }) => {
    const address = `${server.url}/sync_messages?channel_id=${id}&cursor=${cursors.get(id)}&timeout_ms=50000`;
    // On a busy machine the first may have waited to their end before the last have come.
    let messages: { id: number }[] = [];
    while (messages.length === 0) messages = await poll(agent, address, person);
    answered.add(id);
    return messages;
  });
  await pollsWaiting(server, waiters.length);
  const during = await weightBelow(server, mostMb);
  expect(answered.size).toBe(0);

  const { msg_id } = await say(quiet.alice, quiet.id, 'psst');
  const woken = await Promise.all(polls.filter((_poll, i) => waiters[i]?.room === quiet));
  expect([...answered]).toEqual([quiet.id]);
  expect(woken.length).toBeGreaterThan(100);
  expect(woken.every((messages) => messages.length === 1 && messages[0]?.id === msg_id)).toBe(true);

  for (const { alice, id } of rooms.slice(1)) await say(alice, id, 'everyone');
  expect((await Promise.all(polls)).every((messages) => messages.length === 1)).toBe(true);
  agent.destroy();
  await pollsWaiting(server, 0);
  return { during, after: await weightBelow(server, mostMb) };
}

const say = (person: Person, channel_id: string, body: string) =>
  person.call('post_message', { channel_id, body, wait_ms: 0 });

function poll(agent: Agent, address: string, { token }: Person): Promise<{ id: number }[]> {
  return new Promise((answer, fail) => {
    const request = get(address, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => answer(JSON.parse(text).messages));
    });
    request.on('error', fail);
  });
}

/** Waits until the server weighs little enough, which may take until it has collected its garbage. */
async function weightBelow({ url, pid }: RunningServer, mostMb: number): Promise<number> {
  const { mb } = await eventually(async () => {
    await (await fetch(`${url}/healthz`)).text();
    const mb = residentMb(pid);
    return mb < mostMb && { mb };
  });
  return mb;
}

/** Resident memory of a process; 0 where the system does not tell it this way. */
function residentMb(pid: number) {
  const file = `/proc/${pid}/status`;
  return existsSync(file) ? Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024) : 0;
}
