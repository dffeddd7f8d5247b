import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signInAs, WITH_ACCOUNTS } from './support/accounts.js';
import { adminCommand } from './support/admin.js';
import { DOORS, type Door, type Person } from './support/doors.js';
import { postJson } from './support/oauth.js';
import { type RunningServer, startServer } from './support/server.js';

const WHO = ['guest', 'outsider', 'member', 'channel admin', 'moderator', 'admin', 'operator', 'narrow token'] as const;
type Who = (typeof WHO)[number];

/** Who is refused with what; everybody else is let through to the operation. */
type Row = Partial<Record<Who, string>>;

const NOT_IN_THE_CHANNEL = ['guest', 'outsider', 'moderator', 'admin', 'operator', 'narrow token'] as const;
const NOT_ASKED_FOR = ['guest', 'outsider', 'member', 'channel admin', 'narrow token'] as const;
const refused = (code: string, people: readonly Who[]): Row => Object.fromEntries(people.map((who) => [who, code]));

const ANYONE: Row = {};
const MEMBERS: Row = refused('NOT_MEMBER', NOT_IN_THE_CHANNEL);
const CHANNEL_ADMINS: Row = { ...MEMBERS, member: 'NOT_ADMIN' };
const MODERATORS: Row = refused('INSUFFICIENT_SCOPE', NOT_ASKED_FOR);
const ADMINS: Row = { ...MODERATORS, moderator: 'ROLE_REQUIRED' };
/** The narrow token covers the scope `channels` alone. */
const withBots = (row: Row): Row => ({ ...row, 'narrow token': 'INSUFFICIENT_SCOPE' });

/** Every operation: who may not. One that is not here fails the first test. */
const MAY_NOT: Record<string, Row> = {
  agree_change: MEMBERS,
  attach_bot: withBots(CHANNEL_ADMINS),
  create_channel: ANYONE,
  debug_bot: withBots(CHANNEL_ADMINS),
  decide_bot_code: MODERATORS,
  delete_account: ADMINS,
  dm_bot: MEMBERS,
  export_transcript: MEMBERS,
  fetch: ANYONE,
  get_bot_code: MEMBERS,
  get_channel_info: MEMBERS,
  get_checkpoint: MEMBERS,
  get_limits: ANYONE,
  get_messages: MEMBERS,
  get_preset: withBots(ANYONE),
  get_proof: MEMBERS,
  get_run: MEMBERS,
  health_check: ANYONE,
  inspect_bot_code: MODERATORS,
  invite_account: ADMINS,
  join_channel: ANYONE,
  list_accounts: ADMINS,
  list_bot_code: MODERATORS,
  list_channels: ANYONE,
  list_decisions: MODERATORS,
  list_presets: withBots(ANYONE),
  list_runs: MEMBERS,
  list_tokens: ANYONE,
  make_game_move: MEMBERS,
  post_message: MEMBERS,
  propose_change: MEMBERS,
  read_text: MEMBERS,
  report_bot: MEMBERS,
  revoke_token: ANYONE,
  search: ANYONE,
  set_account: ADMINS,
  start_here: ANYONE,
  sync_messages: MEMBERS,
  update_channel: CHANNEL_ADMINS,
  wait_for_message: MEMBERS,
  who: MEMBERS,
  // Last: who left is no member any more.
  leave_channel: MEMBERS,
};

/** Not a word about who may: what an operation itself has to say is no refusal of this table. */
const OF_ACCESS = ['INSUFFICIENT_SCOPE', 'ROLE_REQUIRED', 'NOT_MEMBER', 'NOT_ADMIN', 'AUTHENTICATION_REQUIRED'];
const NEVER = ['INVALID_REQUEST', 'INTERNAL_ERROR', 'INVALID_TOKEN', 'RATE_LIMIT'];

let open: RunningServer;
let server: RunningServer;
beforeAll(async () => {
  [open, server] = await Promise.all([startServer(), startServer(WITH_ACCOUNTS)]);
});
afterAll(async () => {
  await Promise.all([open, server].map((each) => each[Symbol.asyncDispose]()));
});

test('The table contains every operation, and nothing else', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };

  expect(Object.keys(MAY_NOT).sort()).toEqual(
    Object.keys(paths)
      .map((path) => path.slice(1))
      .sort(),
  );
});

test('Every operation that requires a sign-in refuses anonymous callers', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, { get?: object }>;
  };
  const answers = await Promise.all(
    Object.entries(paths).map(async ([path, { get }]) => {
      const answer = await (get ? fetch(server.url + path) : postJson(server.url + path, {}));
      return [path.slice(1), answer.status];
    }),
  );

  const letIn = answers.filter(([, status]) => status !== 401).map(([name]) => name);
  expect(letIn.sort()).toEqual(['get_limits', 'health_check']);
});

describe.each(DOORS)('Over %s', (_, door) => {
  let people: Record<Who, Person>;
  let channel_id: string;
  let bot_id: string;
  beforeAll(async () => {
    people = await everyone(door);
    const { member, 'channel admin': creator } = people;
    const created = await creator.call('create_channel', {
      name: 'Room',
      slots: ['bot:referee', 'invite:a', 'invite:b', 'bot:second'],
      bot_preset: 'GuessBot',
      // So many numbers that no guess is right by luck.
      bot_params: { range: [1, 1_000_000_000] },
    });
    channel_id = created.channel_id;
    for (const [i, person] of [creator, member].entries()) {
      await person.call('join_channel', { invite_code: created.invites[i] });
    }
    // Who is a member elsewhere is nobody here.
    const elsewhere = await people.outsider.call('create_channel', { name: 'Elsewhere', slots: ['invite:a'] });
    await people.outsider.call('join_channel', { invite_code: elsewhere.invites[0] });
    [{ bot_id }] = (await creator.call('who', { channel_id })).bots;
  });
  afterAll(async () => {
    await Promise.all(Object.values(people).map((person) => person.close()));
  });

  test.each(WHO)('%s may call exactly the operations that the table lists', async (who) => {
    const expected: [string, string][] = [];
    const seen: [string, string][] = [];
    for (const [operation, row] of Object.entries(MAY_NOT)) {
      const code = await people[who].call(operation, inputOf(operation, channel_id, bot_id)).then(
        () => 'let through',
        (error) => error.code as string,
      );
      expected.push([operation, row[who] ?? 'let through']);
      seen.push([operation, OF_ACCESS.includes(code) || NEVER.includes(code) || !code ? code : 'let through']);
    }

    expect(seen).toEqual(expected);
  });
});

async function everyone(door: Door): Promise<Record<Who, Person>> {
  const holder = async (role: 'member' | 'moderator' | 'admin', ...scopes: ('channels' | 'bots' | 'admin')[]) => {
    const { name, token } = await signInAs(server, role, scopes);
    return door(server, name, token);
  };
  return {
    guest: await door(open, 'guest'),
    outsider: await holder('member', 'channels', 'bots'),
    member: await holder('member', 'channels', 'bots'),
    'channel admin': await holder('member', 'channels', 'bots'),
    moderator: await holder('moderator', 'channels', 'bots', 'admin'),
    admin: await holder('admin', 'channels', 'bots', 'admin'),
    operator: await door(open, 'operator', await adminCommand(open, 'token')),
    'narrow token': await holder('admin', 'channels'),
  };
}

/** What the operation can be asked with. Where the caller may, it does no harm to what others are asked later. */
function inputOf(operation: string, channel_id: string, bot_id: string): object {
  const bot = { channel_id, bot_id };
  const nobody = { account_id: 'acc_nobody' };
  const inputs: Record<string, object> = {
    agree_change: { channel_id, change_id: 'chg_nothing' },
    attach_bot: { channel_id, slot: 's0', bot_preset: 'GuessBot' },
    create_channel: { name: 'Mine', slots: ['invite:a'] },
    debug_bot: { ...bot, action: 'inspect_state' },
    decide_bot_code: { hash: `sha256:${'0'.repeat(64)}`, decision: 'block', reason_code: 'other' },
    delete_account: nobody,
    dm_bot: { ...bot, message: '!status', wait_ms: 0 },
    fetch: { id: 'nothing' },
    get_preset: { name: 'GuessBot' },
    get_run: { ...bot, run: 1 },
    inspect_bot_code: { hash: `sha256:${'0'.repeat(64)}` },
    invite_account: { role: 'member' },
    join_channel: { invite_code: 'inv_0000000000000000000000' },
    make_game_move: { channel_id, game: 'guess', action: 'guess', value: 1, wait_ms: 0 },
    post_message: { channel_id, body: 'hello', wait_ms: 0 },
    propose_change: { channel_id, ops: [{ type: 'void_round' }] },
    read_text: { channel_id, msg_id: 1 },
    report_bot: { ...bot, reason: 'other', text: 'Look at this.' },
    revoke_token: { id: 'tok_nothing' },
    search: { query: 'guess' },
    set_account: { ...nobody, role: 'member' },
    sync_messages: { channel_id, timeout_ms: 0 },
    update_channel: { channel_id, ops: [{ type: 'rename', name: 'Room' }] },
    wait_for_message: { channel_id, timeout_ms: 0 },
    who: { channel_id },
    get_channel_info: { channel_id },
    export_transcript: { channel_id },
    get_checkpoint: { channel_id },
    get_proof: { channel_id, msg_id: 1 },
    get_messages: { channel_id },
    leave_channel: { channel_id },
    get_bot_code: bot,
    list_runs: bot,
  };
  return inputs[operation] ?? {};
}
