import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { type Message, ofType, readUntil } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { sizeOf } from '../support/portion.js';
import { type RunningServer, startServer } from '../support/server.js';
import { storageOf } from '../support/storage.js';
import { storedChannel } from '../support/stored-log.js';
import { receiptsOf } from './replay.js';

const KILLS = sizeOf(200);
const CHANNELS = 2;
const MEMBERS = 6;
/** A kill comes after at most so many posts were acknowledged, and so many milliseconds. */
const MAX_POSTS = 30;
const MAX_MS = 5;

const COUNTER = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ id, body }) {
    const { count = 0 } = this.ctx.getState();
    this.ctx.setState({ count: count + 1 });
    this.ctx.post('bot', { type: 'counted', count: count + 1, id, text: body.text });
  }
}`;

interface Acknowledged {
  readonly channelId: string;
  readonly id: number;
  readonly text: string;
}

const [, door] = DOORS[0] as [string, Door];
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test(`A server that is killed ${KILLS} times while many members post keeps what it acknowledged, once`, async () => {
  const rooms = await Promise.all(Array.from({ length: CHANNELS }, openRoom));
  const acknowledged: Acknowledged[] = [];

  for (let kill = 0; kill < KILLS; kill++) acknowledged.push(...(await untilKilled(rooms, kill)));

  expect(acknowledged.length).toBeGreaterThan(KILLS);
  for (const { channelId, members } of rooms) {
    const own = acknowledged.filter((post) => post.channelId === channelId);
    await expectWhole(channelId, members[0] as Person, own);
  }
  const { channels, channelRows } = storageOf(server.dataDir);
  expect(channels).toBe(channelRows);
}, 900_000);

interface FullRoom {
  readonly channelId: string;
  readonly members: readonly Person[];
}

async function openRoom(): Promise<FullRoom> {
  const members = await Promise.all(Array.from({ length: MEMBERS }, (_, i) => door(server, `member ${i}`)));
  const slots = ['bot:counter', ...members.map((_, i) => `invite:${i}`)];
  const [creator] = members as [Person];
  const made = await creator.call('create_channel', {
    name: 'Killed',
    slots,
    bots: [{ name: 'Counter', inline_code: COUNTER }],
  });
  for (const [i, member] of members.entries()) await member.call('join_channel', { invite_code: made.invites[i] });
  return { channelId: made.channel_id, members };
}

/** Everyone posts as fast as they are answered, until the server is killed at a random moment; then it starts again. */
async function untilKilled(rooms: readonly FullRoom[], kill: number): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const enough = 1 + Math.floor(Math.random() * MAX_POSTS);
  let isEnough = () => {};
  const moment = new Promise<void>((resolve) => {
    isEnough = resolve;
  });
  const posting = rooms.flatMap(({ channelId, members }) =>
    members.map(async (member, i) => {
      for (let n = 0; ; n++) {
        const text = `${kill} ${i} ${n}`;
        const { msg_id: id } = await member.call('post_message', { channel_id: channelId, body: text, wait_ms: 0 });
        acknowledged.push({ channelId, id, text });
        if (acknowledged.length >= enough) isEnough();
      }
    }),
  );
  const over = Promise.allSettled(posting);
  await moment;
  await new Promise((later) => setTimeout(later, Math.random() * MAX_MS));
  await server.crashAndRestart();
  for (const outcome of await over) if (outcome.status === 'rejected') expectCut(outcome.reason);
  return acknowledged;
}

/** The only reason for which a post fails: the connection is cut. */
const expectCut = (reason: Error) => expect([reason.name, reason.message]).toEqual(['TypeError', expect.any(String)]);

async function expectWhole(channelId: string, member: Person, acknowledged: readonly Acknowledged[]) {
  const known = storedChannel(server.dataDir, channelId).entries.filter(({ kind }) => kind === 'user');
  const messages = await readUntil(member, channelId, 'counted', known.length);
  const words = messages.filter(({ kind }) => kind === 'user');
  const textOf = new Map(words.map(({ id, body }) => [id, body.text]));

  expect(acknowledged.filter(({ id, text }) => textOf.get(id) !== text)).toEqual([]);
  expect(new Set(words.map(({ body }) => body.text)).size).toBe(words.length);
  expect(ofType(messages, 'counted').map(countedOf)).toEqual(words.map(({ id, body }, i) => [i + 1, id, body.text]));
  const log = storedChannel(server.dataDir, channelId);
  expect(log.entries.map(({ seq }) => seq)).toEqual(log.entries.map((_, i) => i + 1));
  expect(receiptsOf(log).map(({ event_seq }) => event_seq)).toEqual(words.map(({ id }) => id));
  for (const { header, salt, opening, leaf_hash } of log.entries) {
    const commit = sha256('parley-body-v1', Buffer.from(salt, 'hex'), opening);
    expect(JSON.parse(header).body_commit).toBe(`sha256:${commit}`);
    expect(leaf_hash).toBe(`sha256:${sha256(Uint8Array.of(0), header)}`);
  }
}

const countedOf = ({ body }: Message) => [body.count, body.id, body.text];
