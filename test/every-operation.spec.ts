import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { post, request } from './mcp/json-rpc.js';
import { openAdmin } from './support/admin.js';
import { DOORS, type Person } from './support/doors.js';
import { findInStream } from './support/find-in-stream.js';
import { injections } from './support/injections.js';
import { bearer, postJson } from './support/oauth.js';
import { openRoom, type Room } from './support/rooms.js';
import { type RunningServer, startServer } from './support/server.js';

// biome-ignore lint/suspicious/noExplicitAny: schemas and documents are walked
type Walked = any;
interface Published {
  readonly name: string;
  readonly reads: boolean;
  readonly isOpen: boolean;
  /** Only the operator gives out what it takes to ask for it. */
  readonly isForAdmins: boolean;
  readonly fields: Record<string, { type?: string; anyOf?: { type: string }[] }>;
  readonly output: Walked;
}

let server: RunningServer;
let operations: Published[];
beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'debug' });
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Walked;
  operations = Object.entries<Walked>(paths).map(([path, { get, post }]) => {
    const { parameters, requestBody, responses, security } = get ?? post;
    const asked = (parameters ?? []).map(({ name, schema }: Walked) => [name, schema]);
    return {
      name: path.slice(1),
      reads: Boolean(get),
      isOpen: security.length === 0,
      isForAdmins: security.length > 0 && !security.some((scheme: object) => 'oauth2' in scheme),
      fields: requestBody?.content['application/json'].schema.properties ?? Object.fromEntries(asked),
      output: responses[200].content['application/json'].schema,
    };
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test('Every operation requires authentication, at both doors', async () => {
  const open: string[] = [];
  for (const { name, reads, isOpen } of operations) {
    const address = `${server.url}/${name}`;
    const rest = await (reads ? fetch(address) : postJson(address, {}));
    const mcp = await post(`${server.url}/mcp`, request('tools/call', { name, arguments: {} }));
    expect([mcp.status, mcp.message.code]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
    if (isOpen) open.push(name);
    else expect([rest.status, await rest.json()]).toMatchObject([401, { code: 'AUTHENTICATION_REQUIRED' }]);
  }

  expect(open).toEqual(['get_limits', 'health_check']);
  expect(operations.length).toBeGreaterThan(18);
});

describe.each(DOORS)('Every operation, over %s', (doorName, door) => {
  test('refuses a value of the wrong type, and names the field', async () => {
    await using alice = await door(server, 'alice');
    await using admin = await openAdmin(server, door);
    let tried = 0;

    for (const { name, reads, fields, isForAdmins } of operations) {
      const person = isForAdmins ? admin : alice;
      for (const [field, { anyOf, type = anyOf?.map((one) => one.type) }] of Object.entries(fields)) {
        const isText = type === 'string' && reads && doorName === 'REST';
        if (isText || !type || FREE.has(`${name}.${field}`)) continue;
        const problem = await person.call(name, { [field]: wrongFor(type) }).catch((error) => error.problem);
        expect([name, problem.code, problem.issues?.map((issue: Walked) => issue.field)]).toEqual([
          name,
          'INVALID_REQUEST',
          expect.arrayContaining([field]),
        ]);
        tried += 1;
      }
    }

    expect(tried).toBeGreaterThan(30);
  });
});

/** Text or an object: what they may be is said by the operation itself (messaging/bodies.spec.ts). */
const FREE = new Set(['post_message.body', 'dm_bot.message', 'make_game_move.value']);

function wrongFor(type: string | string[]): unknown {
  const types = [type].flat();
  if (types.includes('integer') || types.includes('number')) return 'many';
  if (types.includes('boolean')) return 'maybe';
  return 5;
}

describe('Text of other people', () => {
  const WORD = /CANARY\d+Z/;
  const said = injections((i) => `CANARY${i}Z`);
  /** What each operation answered, refusals apart. */
  const answers: [operation: string, answer: Walked][] = [];
  const asked = new Set<string>();
  const problems: Walked[] = [];
  let room: Room;
  const ask = async (person: Person, operation: string, input: object = {}) => {
    asked.add(operation);
    try {
      const answer = await person.call(operation, input);
      answers.push([operation, answer]);
      return answer;
    } catch (error) {
      problems.push((error as Walked).problem ?? String(error));
      return undefined;
    }
  };

  beforeAll(async () => {
    const [, mcp] = DOORS.map(([, door]) => door) as [(typeof DOORS)[0][1], (typeof DOORS)[0][1]];
    const [[, rest]] = DOORS as [(typeof DOORS)[number]];
    room = await openRoom(server, mcp, {
      slots: ['bot:b', 'invite:a', 'invite:b', ...Array(20).fill('invite:more')],
      bot_code: PARROT,
      bot_manifest: {
        name: 'Parrot',
        summary: said[0],
        params: { type: 'object', title: said[2], description: said[3] },
      },
      bot_params: { greeting: said[1], [`k${said[4]}`]: said[5] },
      entropy: said[6],
    });
    const { id, alice, bob, invites } = room;
    for (const text of said) await ask(alice, 'post_message', { channel_id: id, body: text, wait_ms: 30_000 });
    const { msg_id } = await ask(alice, 'post_message', {
      channel_id: id,
      body: { [said[7] as string]: { [said[8] as string]: said[9] } },
      wait_ms: 0,
    });
    await ask(bob, 'read_text', { channel_id: id, msg_id });
    for (const text of said) {
      await ask(alice, 'create_channel', { name: text.slice(0, 80), slots: ['invite:a'], visibility: 'public' });
      await ask(alice, 'create_channel', {
        name: 'Label',
        slots: [`invite:${text.slice(0, 40)}`],
        visibility: 'public',
      });
      await ask(alice, 'update_channel', { channel_id: id, ops: [{ type: 'rename', name: text.slice(0, 80) }] });
      await ask(alice, 'update_channel', { channel_id: id, ops: [{ type: text.slice(0, 40) }] });
      await ask(alice, 'join_channel', { invite_code: `inv_${text}`.slice(0, 64) });
      await ask(alice, 'dm_bot', { channel_id: id, bot_id: text.slice(0, 64), message: text, wait_ms: 0 });
    }
    for (const [i, invite_code] of invites.slice(2).entries()) {
      const guest = await rest(server, said[i * 3] as string);
      await ask(guest, 'join_channel', { invite_code, entropy: said[i] });
    }
    for (const text of said.slice(0, 12)) {
      const bot = { bot_code: BROKEN(text), bot_manifest: { name: 'Broken', summary: text } };
      await ask(alice, 'create_channel', {
        name: 'Broken',
        slots: ['bot:b', 'invite:a'],
        visibility: 'public',
        ...bot,
      });
      const named = { name: text.slice(0, 40), inline_code: 'class A { onInit() {} }' };
      await ask(alice, 'create_channel', { name: 'Named', slots: ['bot:b'], visibility: 'public', bots: [named] });
    }
    const named = await ask(alice, 'create_channel', {
      name: 'Bots',
      slots: ['bot:b', 'bot:c', 'invite:a', 'invite:b'],
      visibility: 'public',
      bots: [
        {
          inline_code: RENAMER,
          manifest: { name: 'Renamer', needs_env: ['CANARY11Z'], permissions: { update_channel: true } },
          env: { CANARY11Z: 'a secret that is long enough' },
        },
      ],
    });
    await ask(alice, 'join_channel', { invite_code: named.invites[0] });
    for (const text of said) {
      await ask(alice, 'post_message', { channel_id: named.channel_id, body: text.slice(0, 80), wait_ms: 30_000 });
    }
    await ask(alice, 'attach_bot', {
      channel_id: named.channel_id,
      name: 'CANARY12Z',
      inline_code: 'class A { onInit() {} }',
    });
    const played = await ask(alice, 'create_channel', {
      name: 'Played',
      slots: ['bot:b', 'invite:a', 'invite:b'],
      visibility: 'public',
      bot_code: 'class Drawer { constructor(ctx) { this.ctx = ctx; } onInit() { this.ctx.random(6); } }',
    });
    for (const [i, person] of [alice, bob].entries()) {
      await ask(person, 'join_channel', { invite_code: played.invites[i] });
    }
    const { channel_id: played_id } = played;
    const renamed = { channel_id: played_id, ops: [{ type: 'rename', name: 'CANARY15Z' }] };
    const { change_id } = await ask(alice, 'propose_change', renamed);
    await ask(bob, 'agree_change', { channel_id: played_id, change_id });
    const keys = { CANARY13Z: 'a secret that is long enough' };
    await ask(alice, 'update_channel', {
      channel_id: named.channel_id,
      ops: [{ type: 'set_env_redacted', slot_id: 's0', keys }],
    });
    for (const [action, payload] of [
      ['inspect_state', {}],
      ['tail_logs', { share: true }],
      ['emit_hook', { hook: 'on_message', body: said[14] }],
      ['toggle_pause', { paused: true }],
    ] as const) {
      await ask(alice, 'debug_bot', { channel_id: named.channel_id, slot_id: 's0', action, payload });
    }
    await ask(alice, 'make_game_move', { channel_id: id, game: 'parrot', action: 'say', value: 5, wait_ms: 0 });
    const mallory = await rest(server, 'mallory', (await room.mallory.arrive()).token);
    // Where neither sits, both are told the same: there one of them looks.
    const seen = new Set();
    for (const reader of [bob, mallory]) {
      const { channels } = await ask(reader, 'list_channels', { limit: 200 });
      for (const { channel_id, bots } of channels) {
        if (seen.has(channel_id)) continue;
        if (![id, played_id].includes(channel_id)) seen.add(channel_id);
        for (const operation of ['who', 'get_channel_info', 'get_messages', 'wait_for_message']) {
          await ask(reader, operation, { channel_id });
        }
        for (let cursor = 0, more = true; more; ) {
          const page = await ask(reader, 'sync_messages', { channel_id, cursor, timeout_ms: 0 });
          [cursor, more] = [page.cursor, page.has_more];
        }
        for (const bot_id of bots) {
          for (const operation of ['get_bot_code', 'list_runs']) await ask(reader, operation, { channel_id, bot_id });
        }
      }
      for (const { name } of operations) if (name !== 'leave_channel') await ask(reader, name, { channel_id: id });
      for (const operation of ['get_limits', 'health_check', 'list_presets', 'list_tokens', 'start_here'])
        await ask(reader, operation);
      await ask(reader, 'get_preset', { name: 'GuessBot' });
      for (const query of ['CANARY', 'Room', 'GuessBot']) {
        for (const { id } of (await ask(reader, 'search', { query })).results) await ask(reader, 'fetch', { id });
      }
    }
    await using admin = await openAdmin(server, mcp);
    const [{ bot_id, code_hash: hash }] = (await alice.call('who', { channel_id: id })).bots;
    await ask(alice, 'get_run', { channel_id: id, bot_id, run: 1 });
    await ask(bob, 'report_bot', { channel_id: id, bot_id, reason: 'other', text: said[0] });
    const decision = { hash, decision: 'quarantine', reason_code: 'other', note: said[1] };
    await ask(admin, 'decide_bot_code', decision);
    for (const { code_hash } of (await ask(admin, 'list_bot_code', { limit: 100 })).codes) {
      await ask(admin, 'inspect_bot_code', { hash: code_hash });
    }
    await ask(admin, 'list_decisions');
    const { accounts } = await ask(admin, 'list_accounts');
    const account_id = accounts?.[0]?.account_id;
    await ask(admin, 'invite_account', { name: said[18] });
    await ask(admin, 'set_account', { account_id, role: 'member' });
    await ask(admin, 'delete_account', { account_id });
    await ask(bob, 'sync_messages', { channel_id: id, cursor: 0, timeout_ms: 0 });
    await ask(alice, 'dm_bot', { channel_id: id, bot_id, message: said[20], wait_ms: 0 });
    await ask(alice, 'leave_channel', { channel_id: named.channel_id });
    await ask(bob, 'revoke_token', { token_id: said[19] });
  }, 180_000);

  test('was sent in every operation, and came back in the answers', () => {
    const words = new Set(JSON.stringify(answers).match(new RegExp(WORD, 'g')));

    expect(said.length).toBeGreaterThanOrEqual(60);
    expect(words.size).toBe(said.length);
    const answered = new Set(answers.map(([operation]) => operation));
    const unheard = operations.filter(({ name }) => !answered.has(name)).map(({ name }) => name);
    expect(operations.filter(({ name }) => !asked.has(name))).toEqual([]);
    // What only a server with accounts does; its answers hold ids of our own.
    expect(unheard.filter((name) => !OF_ACCOUNTS.includes(name))).toEqual([]);
  });

  test('is only in fields that are marked as untrusted', () => {
    const outputs = new Map(operations.map(({ name, output }) => [name, output]));
    const strays = answers.flatMap(([operation, answer]) => straysIn(answer, outputs.get(operation), operation));

    expect([...new Set(strays)]).toEqual([]);
  });

  test('is never in an error, a tool list, the documentation or the log', async () => {
    const tools = await post(`${server.url}/mcp`, request('tools/list'), bearer({ access_token: room.bob.token }));
    const document = await (await fetch(`${server.url}/openapi.json`)).text();

    expect(problems.length).toBeGreaterThan(said.length);
    expect(problems.filter((problem) => WORD.test(JSON.stringify(problem)))).toEqual([]);
    expect(problems.filter(({ code }) => code === 'INTERNAL_ERROR')).toEqual([]);
    expect(tools.text).not.toMatch(WORD);
    expect(document).not.toMatch(WORD);
    expect(server.log()).not.toMatch(WORD);
  });

  test('reaches a model as one JSON text without invisible characters', async () => {
    const call = { name: 'get_messages', arguments: { channel_id: room.id, limit: 500 } };
    const { message } = await post(
      `${server.url}/mcp`,
      request('tools/call', call),
      bearer({ access_token: room.bob.token }),
    );

    const { content, structuredContent } = message.result;
    expect(content).toHaveLength(1);
    expect(JSON.parse(content[0].text)).toEqual(structuredContent);
    expect(content[0].text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    expect(content[0].text).toMatch(WORD);
  });

  test('is marked wherever it occurs in the event stream and the resources of a channel', async () => {
    const outputs = new Map(operations.map(({ name, output }) => [name, output]));
    const message = outputs.get('sync_messages').properties.messages.items;
    const streamed = await streamedFrom(room.id, room.bob.token, 60);
    const ask = (method: string, params?: object) =>
      post(`${server.url}/mcp`, request(method, params), bearer({ access_token: room.alice.token }));
    const listed = await Promise.all(['resources/list', 'resources/templates/list', 'prompts/list'].map((m) => ask(m)));

    expect(streamed.length).toBeGreaterThan(10);
    expect(JSON.stringify(streamed)).toMatch(WORD);
    expect(streamed.flatMap((each) => straysIn(each, message, 'events'))).toEqual([]);
    for (const { message } of listed) expect(JSON.stringify(message)).not.toMatch(WORD);
  });

  async function streamedFrom(channelId: string, access_token: string, most: number): Promise<Walked[]> {
    const end = new AbortController();
    const response = await fetch(`${server.url}/channels/${channelId}/events`, {
      headers: { ...bearer({ access_token }), 'last-event-id': '0' },
      signal: end.signal,
    });
    const lines = await findInStream(response, (text) => {
      const found = text.split('\n').filter((line) => line.startsWith('data: '));
      return found.length > most ? found.slice(0, most) : undefined;
    });
    end.abort();
    return lines.map((line) => JSON.parse(line.slice('data: '.length)));
  }

  /** Where a planted word stands outside an untrusted field. */
  function straysIn(value: Walked, published: Walked, at: string): string[] {
    const schema = published?.anyOf?.find((one: Walked) => one.type !== 'null') ?? published;
    if (published?.['x-untrusted']) return [];
    if (typeof value === 'string') {
      return WORD.test(value) ? [`${at}: ${value}`] : [];
    }
    if (Array.isArray(value)) return value.flatMap((item) => straysIn(item, schema?.items, `${at}[]`));
    if (value === null || typeof value !== 'object') return [];
    return Object.entries(value).flatMap(([key, inner]) => [
      ...(WORD.test(key) ? [`${at}.${key}`] : []),
      ...straysIn(inner, schema?.properties?.[key], `${at}.${key}`),
    ]);
  }
});

const PARROT = `export default class Parrot {
  constructor(ctx, params) { this.ctx = ctx; this.params = params; }
  onInit() { this.ctx.post('bot', { type: 'greeting', params: this.params }); }
  onMessage({ body }) {
    this.ctx.post(String(body.text).slice(0, 32) || 'bot', { type: String(body.text), [String(body.text)]: body });
    if (String(body.text).includes('ignore')) throw new Error(body.text);
  }
}`;
/** Its name, its secret, what it does to the channel and how it ends are all words of others. */
const RENAMER = `export default class CANARY10Z {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    console.log(body.text);
    this.ctx.updateChannel([{ type: 'rename', name: String(body.text) }]);
    this.ctx.finish({ word: body.text });
  }
}`;
const OF_ACCOUNTS = ['invite_account', 'set_account', 'delete_account', 'revoke_token'];
const BROKEN = (text: string) => `class Broken { onInit() { throw new Error(${JSON.stringify(text)}); } }`;
