import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DOORS, type Person } from './doors.js';
import { canonical, sha256 } from './longhand.js';
import { eventually, openRoom, type Room } from './rooms.js';
import { type Store, stored } from './stored.js';
import { channelIn } from './stored-log.js';

/** Answers each message with its text and the number of the answer. */
const COUNTER = `class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    const { n = 0 } = this.ctx.getState();
    this.ctx.setState({ n: n + 1 });
    this.ctx.post('bot', { type: 'counted', text: body.text, n: n + 1 });
  }
}`;
const AGAIN_MS = 50;

/** Channels in which members post without a pause, each message with a text of its own, while something happens to the server. */
export interface Load {
  /** The message that each acknowledged text got, by text. */
  readonly acknowledged: ReadonlyMap<string, { readonly channel_id: string; readonly msg_id: number }>;
  /** Resolves when so many more posts are acknowledged as there are channels, twice: something works everywhere again. */
  progress(): Promise<void>;
  /** Ends the posting, and waits until the bots have answered everything. */
  stop(): Promise<void>;
  /** What is wrong with the stored channels. */
  faults(): string[];
}

const [[, restDoor]] = DOORS as [(typeof DOORS)[number]];

type Look = <T>(read: (database: Store) => T) => T;

/** `look` reads the database of the server, if that is not the one of its data folder. */
export async function startLoad(
  server: { readonly url: string; readonly dataDir: string },
  count: number,
  look: Look = (read) => stored(server.dataDir, read),
): Promise<Load> {
  const rooms: Room[] = [];
  for (let i = 0; i < count; i++) rooms.push(await openRoom(server, restDoor, { bot_code: COUNTER }));
  const acknowledged = new Map<string, { channel_id: string; msg_id: number }>();
  let isOver = false;
  const post = async ({ id: channel_id }: Room, person: Person) => {
    while (!isOver) {
      const body = randomUUID();
      await person
        .call('post_message', { channel_id, body, wait_ms: 0 })
        .then(({ msg_id }) => acknowledged.set(body, { channel_id, msg_id }))
        .catch(() => setTimeout(AGAIN_MS));
    }
  };
  const posting = rooms.flatMap((room) => [post(room, room.alice), post(room, room.bob)]);
  const channels = rooms.map(({ id }) => id);
  return {
    acknowledged,
    async progress() {
      const wanted = acknowledged.size + 4 * count;
      await eventually(async () => acknowledged.size >= wanted);
    },
    async stop() {
      isOver = true;
      await Promise.all(posting);
      for (const id of channels) await eventually(async () => look((database) => isAnswered(database, id)));
      for (const room of rooms) await room[Symbol.asyncDispose]();
    },
    faults: () => look((database) => faultsIn(database, channels, acknowledged)),
  };
}

const isAnswered = (database: Store, channelId: string) => {
  const { posts, answers } = saidIn(database, channelId);
  return posts.length === answers.length;
};

/** What members posted and bots answered in a channel, in the order of the log. */
function saidIn(database: Store, channelId: string) {
  const { entries } = channelIn(database, channelId);
  const said = entries
    .filter(({ hidden }) => !hidden)
    .map(({ seq, kind, opening }) => ({ seq, kind, ...JSON.parse(opening) }));
  return {
    entries,
    posts: said.filter(({ kind }) => kind === 'user'),
    answers: said.filter(({ body }) => body.type === 'counted'),
  };
}

/**
 * Acknowledged posts that are not there, posts that are there twice, answers of bots that are missing or there twice, gaps,
 * and entries that do not match their hashes.
 */
function faultsIn(database: Store, channels: readonly string[], acknowledged: Load['acknowledged']): string[] {
  const faults: string[] = [];
  const check = (isRight: boolean, fault: string) => isRight || faults.push(fault);
  for (const id of channels) {
    const { entries, posts, answers } = saidIn(database, id);
    const texts = posts.map(({ body }) => body.text);
    check(new Set(texts).size === texts.length, `${id}: a post is there twice`);
    for (const [text, { channel_id, msg_id }] of acknowledged) {
      if (channel_id === id)
        check(texts[posts.findIndex(({ seq }) => seq === msg_id)] === text, `${id}: ${msg_id} is lost`);
    }
    check(
      JSON.stringify(answers.map(({ body }) => body.text)) === JSON.stringify(texts),
      `${id}: answers differ from posts`,
    );
    check(
      answers.every(({ body }, i) => body.n === i + 1),
      `${id}: a hook took effect twice or not at all`,
    );
    check(
      entries.every(({ seq }, i) => seq === i + 1),
      `${id}: the log has a gap`,
    );
    for (const entry of entries) {
      const header = JSON.parse(entry.header);
      const commit = sha256('parley-body-v1', Buffer.from(entry.salt, 'hex'), entry.opening);
      const isWhole = entry.header === canonical(header) && header.body_commit === `sha256:${commit}`;
      const leaf = `sha256:${sha256(Uint8Array.of(0), entry.header)}`;
      check(isWhole && header.seq === entry.seq && entry.leaf_hash === leaf, `${id}: entry ${entry.seq} was changed`);
    }
  }
  return faults;
}
