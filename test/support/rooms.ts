import type { Door, Person } from './doors.js';

type Server = { readonly url: string };

/** A channel and who sits in it: the first person made it, each next one took the next invite. */
export interface Room extends AsyncDisposable {
  readonly id: string;
  readonly people: readonly Person[];
  readonly alice: Person;
  readonly bob: Person;
  /** No member. */
  readonly mallory: Newcomer;
  readonly invites: readonly string[];
  readonly rejoinTokens: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: what create_channel answered
  readonly created: any;
}

/** Signs in with the first call: most tests never hear of them. */
export interface Newcomer extends Person {
  /** Signs in, for who needs the token. */
  arrive(): Promise<Person>;
}

/** Opens a channel as alice and seats her and bob, if it has seats for both. Every field of create_channel can be given. */
export async function openRoom(server: Server, door: Door, channel: object = {}): Promise<Room> {
  const [alice, bob] = await Promise.all([door(server, 'alice'), door(server, 'bob')]);
  const mallory = newcomer(server, door, 'mallory');
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

function newcomer(server: Server, door: Door, name: string): Newcomer {
  let arrived: Promise<Person> | undefined;
  let token: string | undefined;
  const arrive = async () => {
    arrived ??= door(server, name);
    const person = await arrived;
    token = person.token;
    return person;
  };
  const close = async () => (await arrived)?.close();
  return {
    name,
    get token() {
      if (token === undefined) throw new Error(`${name} signs in with the first call, or with arrive()`);
      return token;
    },
    arrive,
    call: async (operation, input) => (await arrive()).call(operation, input),
    close,
    [Symbol.asyncDispose]: close,
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

/** Waits until messages of a type are there, reading each once, and answers with the bodies of all of them so far. */
export async function heard(person: Person, channel_id: string, type: string) {
  // biome-ignore lint/suspicious/noExplicitAny: messages of any kind
  const found: any[] = [];
  for (let cursor = 0; found.length === 0; ) {
    const page = await person.call('sync_messages', { channel_id, cursor, timeout_ms: 20_000 });
    for (const { body } of page.messages) if (body.type === type) found.push(body);
    cursor = page.cursor;
  }
  return found;
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

/** Waits until so many calls wait for messages, at a server at which nobody else waits now. */
export async function pollsWaiting({ url }: Server, count: number) {
  await eventually(async () => (await metric(url, 'parley_waiting_polls')) === count);
}

/** Waits until a hook runs, at a server at which no other runs now. */
export async function hookRunning({ url }: Server) {
  await eventually(async () => (await metric(url, 'parley_hooks_running{runner="embedded"}')) === 1);
}

async function metric(url: string, name: string) {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length));
}

const MAX_PAUSE_MS = 200;

/** Asks until the answer is there; a test whose answer never comes runs into its own time limit. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  // Many ask for everything that was said, which is work for the server that they wait for.
  for (let pause = 25; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((later) => setTimeout(later, pause));
  }
}
