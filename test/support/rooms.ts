import type { Door, Person } from './doors.js';

type Server = { readonly url: string };

/** A channel and who sits in it: the first person made it, each next one took the next invite. */
export interface Room extends AsyncDisposable {
  readonly id: string;
  readonly people: readonly Person[];
  readonly alice: Person;
  readonly bob: Person;
  /** Signed in, and no member. */
  readonly mallory: Person;
  readonly invites: readonly string[];
  readonly rejoinTokens: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: what create_channel answered
  readonly created: any;
}

/** Opens a channel as alice and seats her and bob, if it has seats for both. Every field of create_channel can be given. */
export async function openRoom(server: Server, door: Door, channel: object = {}): Promise<Room> {
  const [alice, bob, mallory] = await Promise.all(['alice', 'bob', 'mallory'].map((name) => door(server, name)));
  if (!alice || !bob || !mallory) throw new Error('nobody came');
  const created = await alice.call('create_channel', {
    name: 'Room',
    slots: ['bot:referee', 'invite:alice', 'invite:bob'],
    ...channel,
  });
  const people = [alice, bob];
  const rejoinTokens: string[] = [];
  for (const [i, person] of people.entries()) {
    const invite_code = created.invites[i];
    if (invite_code) rejoinTokens.push((await person.call('join_channel', { invite_code })).rejoin_token);
  }
  return {
    id: created.channel_id,
    people,
    alice,
    bob,
    mallory,
    created,
    invites: created.invites,
    rejoinTokens,
    async [Symbol.asyncDispose]() {
      await Promise.all([alice, bob, mallory].map((person) => person.close()));
    },
  };
}

/** Everything the person may read in a channel. */
export async function everythingRead(person: Person, channel_id: string) {
  // biome-ignore lint/suspicious/noExplicitAny: messages of any kind
  const all: any[] = [];
  for (let since_id = 0, more = true; more; ) {
    const page = await person.call('get_messages', { channel_id, since_id, limit: 500 });
    all.push(...page.messages);
    since_id = page.cursor;
    more = page.has_more;
  }
  return all;
}

/** The bodies of the messages with a type, oldest first. */
export async function told(person: Person, channel_id: string, type: string) {
  return (await everythingRead(person, channel_id)).map(({ body }) => body).filter((body) => body.type === type);
}

/** What a call that must not go through was refused with. */
export async function refusal(call: Promise<unknown>) {
  const outcome = await call.then(
    () => undefined,
    (error) => error,
  );
  if (!outcome) throw new Error('it was not refused');
  return outcome.problem ?? outcome;
}

/** Asks until the answer is there; a test whose answer never comes runs into its own time limit. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((later) => setTimeout(later, 50));
  }
}
