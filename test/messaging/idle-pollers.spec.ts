import { existsSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { openRoom, type Room } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const POLLERS = 2_000;
const [[, rest]] = DOORS as [(typeof DOORS)[number]];

test('2,000 who wait cost little, again and again, and a post still wakes who waits for it', async () => {
  await using server = await startServer({ LOG_LEVEL: 'error' });
  await using square = await openRoom(server, rest, { slots: ['invite:a', 'invite:b'], visibility: 'public' });
  const seats = { slots: ['invite:a', 'invite:b'] };
  const rooms = await Promise.all(Array.from({ length: 8 }, () => openRoom(server, rest, seats)));
  const waiters = Array.from({ length: POLLERS }, (_each, i) => {
    const room = rooms[i % rooms.length] as Room;
    return i % 2 ? { person: square.mallory, room: square } : { person: room.bob, room };
  });
  const before = residentMb(server.pid);

  const first = await wave(server, waiters);
  const second = await wave(server, waiters);

  const figures = { before, first, second };
  if (process.env.SHOW_FIGURES) console.log(`resident MB: ${JSON.stringify(figures)}`);
  expect(first.during - before).toBeLessThan(150);
  expect(second.during - first.during).toBeLessThan(60);
  expect(second.after - first.after).toBeLessThan(60);
  await Promise.all(rooms.map((room) => room[Symbol.asyncDispose]()));
}, 60_000);

interface Waiter {
  readonly person: Person;
  readonly room: Room;
}

/** Everyone waits; one room has news; then all have. Answers with what the server weighed meanwhile and afterwards. */
async function wave(server: RunningServer, waiters: readonly Waiter[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const [{ room: quiet }] = waiters as [Waiter];
  const rooms = [...new Set(waiters.map(({ room }) => room))];
  const cursors = new Map<string, number>();
  for (const { id, alice } of rooms) cursors.set(id, (await say(alice, id, 'the last word')).msg_id);
  const answered = new Set<string>();
  const polls = waiters.map(async ({ person, room: { id } }) => {
    const address = `${server.url}/sync_messages?channel_id=${id}&cursor=${cursors.get(id)}&timeout_ms=50000`;
    const messages = await poll(agent, address, person);
    answered.add(id);
    return messages;
  });
  await settled(server.url);
  const during = residentMb(server.pid);
  expect(answered.size).toBe(0);

  const { msg_id } = await say(quiet.alice, quiet.id, 'psst');
  const woken = await Promise.all(polls.filter((_poll, i) => waiters[i]?.room === quiet));
  expect([...answered]).toEqual([quiet.id]);
  expect(woken.length).toBeGreaterThan(100);
  expect(woken.every((messages) => messages.length === 1 && messages[0]?.id === msg_id)).toBe(true);

  for (const { alice, id } of rooms.slice(1)) await say(alice, id, 'everyone');
  expect((await Promise.all(polls)).every((messages) => messages.length === 1)).toBe(true);
  agent.destroy();
  await settled(server.url);
  return { during, after: residentMb(server.pid) };
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

/** Waits until the server answers at once again; a slow machine is not waited for longer than a while. */
async function settled(url: string) {
  for (let round = 0, quick = 0; quick < 5 && round < 30; round++) {
    const started = performance.now();
    await (await fetch(`${url}/healthz`)).text();
    quick = performance.now() - started < 20 ? quick + 1 : 0;
    await new Promise((later) => setTimeout(later, 200));
  }
}

/** Resident memory of a process; 0 where the system does not tell it this way. */
function residentMb(pid: number) {
  const file = `/proc/${pid}/status`;
  return existsSync(file) ? Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024) : 0;
}
