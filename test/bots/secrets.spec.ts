import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { TlsFixture } from '../support/tls-fixture.js';

const HOST = 'api.test';
/** Planted everywhere a secret goes, and looked for everywhere afterwards. */
const CANARY = 'canary-4Fq9/zX+77-known';
const OTHER = 'another-canary-Kd03m5';
const hash = createHash('sha256').update(CANARY).digest('hex');

/** It does to its secrets whatever it is told to. */
const SPY = `import { sha256 } from 'bot-sdk';
const HOST = 'https://${HOST}';
const HEX = (text) => [...text].map((c) => c.charCodeAt(0).toString(16)).join('');
export default class Spy {
  constructor(ctx) { this.ctx = ctx; }
  async onMessage({ body: { text } }) {
    const { ctx } = this;
    const { KEY = '', OTHER = '' } = ctx.env;
    console.log('heard', text, 'with', KEY);
    if (text === 'names') return ctx.post('bot', { names: Object.keys(ctx.env), last4: KEY.slice(-4), hash: sha256(KEY) });
    if (text === 'ask') {
      const page = await fetch(HOST + '/echo?key=' + encodeURIComponent(KEY), { method: 'POST', headers: { authorization: 'Bearer ' + KEY }, body: 'k=' + KEY });
      const { headers, body } = await page.json();
      return ctx.post('bot', { arrived: sha256(body), with: sha256(headers.authorization) });
    }
    if (text === 'end') return ctx.finish({});
    if (text === 'post') ctx.post('bot', { before: 1 }), ctx.post('bot', { KEY });
    if (text === 'private') ctx.dm('s1', 'bot', { KEY });
    if (text === 'sealed') ctx.post('bot', { KEY }, { sealed: true });
    if (text === 'kind') ctx.post(KEY.slice(0, 32), {});
    if (text === 'hex') ctx.post('bot', { hex: HEX(KEY) });
    if (text === 'pieces') for (const letter of KEY) ctx.post('bot', { letter });
    if (text === 'state') ctx.setState({ KEY });
    if (text === 'recall') ctx.post('bot', { recalled: sha256(ctx.getState().KEY) });
    if (text === 'timer') ctx.setTimer(HEX(KEY).slice(0, 60), 1);
    if (text === 'result') ctx.finish({ KEY });
    if (text === 'ops') ctx.updateChannel([{ type: 'rename', name: KEY }]);
    if (text === 'throw') { ctx.post('bot', { before: 1 }); throw new Error('no way with ' + KEY); }
  }
  onTimer(name) { this.ctx.post('bot', { rang: name === HEX(this.ctx.env.KEY).slice(0, 60) }); }
}`;
const MANIFEST = {
  name: 'Spy',
  needs_env: ['KEY'],
  permissions: { network: [HOST], private_messages: true, update_channel: true },
};
const BOTH = { ...MANIFEST, needs_env: ['KEY', 'OTHER'] };
/** What it says where it would tell its secret, and what stands there instead. */
const SPOKEN: [way: string, told: object[]][] = [
  [
    'post',
    [
      { kind: 'bot', body: { before: 1 } },
      { kind: 'bot', body: { KEY: '[secret]' } },
    ],
  ],
  ['private', [{ kind: 'private', body: { KEY: '[secret]' } }]],
  ['sealed', []],
  ['kind', [{ kind: 'bot', body: { label: '[secret]' } }]],
  ['hex', [{ kind: 'bot', body: { hex: '[secret]' } }]],
  ['pieces', [...CANARY].map(() => ({ kind: 'bot', body: { letter: '[secret]' } }))],
  ['ops', []],
];
const bot_id = 'bot_Spy_0';

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start([HOST]);
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile, LOG_LEVEL: 'debug' });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const spy = { bot_code: SPY, bot_manifest: MANIFEST, bot_env: { KEY: CANARY } };
const say = async ({ alice, id }: Room, body: string) =>
  (await alice.call('post_message', { channel_id: id, body, wait_ms: 20_000 })).replies;
const change = ({ alice, id }: Room, op: object) => alice.call('update_channel', { channel_id: id, ops: [op] });

describe.each(DOORS)('The secrets of a bot, over %s', (_, door) => {
  test('are visible only to its hooks; everyone can see their names', async () => {
    await using room = await openRoom(server, door, spy);

    const [answer] = await say(room, 'names');

    expect(answer.body).toMatchObject({ names: ['KEY'], last4: CANARY.slice(-4), hash });
    expect(await told(room.bob, room.id, 'bot:attach')).toMatchObject([{ env_keys: ['KEY'] }]);
    const { bots } = await room.bob.call('who', { channel_id: room.id });
    expect(bots).toMatchObject([{ env_keys: ['KEY'], manifest: { needs_env: ['KEY'] } }]);
    await nothingTells(room);
  });

  test('can be given to any bot, in either of two fields', async () => {
    await using room = await openRoom(server, door, {
      slots: ['bot:a', 'bot:b', 'invite:alice', 'invite:bob'],
      bots: [
        { slot: 'a', inline_code: SPY, manifest: MANIFEST, env: { KEY: CANARY } },
        { slot: 'b', inline_code: SPY, manifest: BOTH, env_redacted: { KEY: CANARY, OTHER } },
      ],
    });

    const answers: { body: { bot_id: string; names: string[] } }[] = await say(room, 'names');

    const names = Object.fromEntries(answers.map(({ body }) => [body.bot_id, body.names]));
    expect(names).toEqual({ bot_Spy_0: ['KEY'], bot_Spy_1: ['KEY', 'OTHER'] });
  });

  test('are sent to the declared hosts, and masked in the stored exchanges', async () => {
    await using room = await openRoom(server, door, spy);

    const [answer] = await say(room, 'ask');
    await say(room, 'end');

    const sha = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(answer.body).toMatchObject({ arrived: sha(`k=${CANARY}`), with: sha(`Bearer ${CANARY}`) });
    const { receipt, exchanges } = await room.bob.call('get_run', { channel_id: room.id, bot_id, run: 1 });
    const { fetches, env_commit } = receipt.opening.body;
    expect(env_commit).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(fetches).toMatchObject([{ method: 'POST', url: `https://${HOST}/echo?key=[secret]`, status: 200 }]);
    expect(exchanges).toMatchObject([{ request: { headers: { authorization: 'Bearer [secret]' } } }]);
    expect(Buffer.from(exchanges[0].answer.body, 'base64').toString()).toContain('[secret]');
    await nothingTells(room);
  });

  test('are masked in every output of the bot, and all its effects are applied without them', async () => {
    await using room = await openRoom(server, door, spy);

    for (const [way, told] of SPOKEN) expect([way, ...(await say(room, way))]).toMatchObject([way, ...told]);
    await say(room, 'result');

    const { bob, id } = room;
    expect(await told(bob, id, 'round:end')).toMatchObject([{ result: { KEY: '[secret]' } }]);
    expect(await told(bob, id, 'rename_applied')).toMatchObject([{ op: { name: '[secret]' } }]);
    expect(await told(bob, id, 'bot:error')).toEqual([]);
    await nothingTells(room);
  });

  test('may be in its state and timer names, which stay unchanged for the bot', async () => {
    const KEY = 'another-canary-that-the-bot-keeps';
    await using room = await openRoom(server, door, { ...spy, bot_env: { KEY } });
    const { bob, id } = room;

    for (const way of ['state', 'timer']) expect([way, await say(room, way)]).toEqual([way, []]);

    expect((await say(room, 'recall'))[0].body).toMatchObject({
      recalled: createHash('sha256').update(KEY).digest('hex'),
    });
    const rang = async () => (await everythingRead(bob, id)).find(({ body }) => 'rang' in body);
    expect((await eventually(rang)).body).toMatchObject({ rang: true });
    expect(JSON.stringify(await everythingRead(bob, id))).not.toContain(KEY);
  });

  test('are not in the error of a hook that throws them', async () => {
    await using room = await openRoom(server, door, spy);

    const replies = await say(room, 'throw');

    expect(replies).toMatchObject([{ body: { code: 'BOT_THREW', detail: 'Error: no way with [secret] (line 28)' } }]);
    await nothingTells(room);
  });

  test('are given when the bot is attached, and cannot be changed later', async () => {
    await using room = await openRoom(server, door, spy);
    const { alice, bob, mallory, id: channel_id } = room;
    const ops = (keys: object, slot_id = 's0') => ({ channel_id, ops: [{ type: 'set_env_redacted', slot_id, keys }] });

    expect(await refusal(bob.call('update_channel', ops({ KEY: OTHER })))).toMatchObject({ code: 'NOT_ADMIN' });
    expect(await refusal(mallory.call('update_channel', ops({ KEY: OTHER })))).toMatchObject({ code: 'NOT_MEMBER' });
    for (const [keys, code, slot_id] of [
      [{ KEY: OTHER }, 'SECRETS_FIXED'],
      [{ KEY: CANARY }, 'SECRETS_FIXED'],
      [{ KEY: null }, 'SECRETS_FIXED'],
      [{ OTHER }, 'INVALID_REQUEST'],
      [{ KEY: OTHER }, 'BOT_NOT_FOUND', 's1'],
      [{}, 'INVALID_REQUEST'],
      [{ key: CANARY }, 'INVALID_REQUEST'],
      [{ KEY: 'fifteen-letters' }, 'INVALID_REQUEST'],
    ] as [object, string, string?][]) {
      const refused = await refusal(alice.call('update_channel', ops(keys, slot_id)));
      expect([keys, refused.code]).toEqual([keys, code]);
      expect(JSON.stringify(refused)).not.toContain(CANARY);
    }

    expect((await say(room, 'names'))[0].body).toMatchObject({ hash, names: ['KEY'] });
    expect(JSON.stringify(await everythingRead(bob, channel_id))).not.toContain('set_env');
    // A field of another op is no way to have one announced.
    const stray = await refusal(change(room, { type: 'rename', name: 'New', keys: { KEY: CANARY } }));
    expect(stray).toMatchObject({ code: 'INVALID_REQUEST', issues: [{ field: 'keys' }] });
    await nothingTells(room);
  });

  test('are required if the manifest names them', async () => {
    await using alice = await door(server, 'alice');
    const channel = { name: 'Room', slots: ['bot:spy'], bot_code: SPY, bot_manifest: MANIFEST };

    const refused = await refusal(alice.call('create_channel', { ...channel, bot_env: { OTHER } }));

    expect(refused).toMatchObject({ code: 'BOT_INVALID', missing: ['KEY'] });
    expect(refused.detail).toMatch(/env.*KEY/);
  });

  test.each<[string, object, string]>([
    ['a name that the manifest does not have', { bot_env: { KEY: CANARY, OTHER } }, 'INVALID_REQUEST'],
    ['a name to a preset that needs none', { bot_preset: 'GuessBot', bot_code: undefined }, 'INVALID_REQUEST'],
    ['a name to code without a manifest', { bot_manifest: undefined }, 'INVALID_REQUEST'],
    ['fewer than sixteen characters', { bot_env: { KEY: 'fifteen-letters' } }, 'INVALID_REQUEST'],
    ['fewer than sixteen that take two places each', { bot_env: { KEY: '🂡'.repeat(15) } }, 'INVALID_REQUEST'],
    ['half a character', { bot_env: { KEY: `${CANARY}\ud800` } }, 'INVALID_REQUEST'],
    ['what stands in the source', { bot_env: { KEY: "no way with ' + KEY" } }, 'SECRET_IS_KNOWN'],
    ['what stands in the source, strewn', { bot_env: { KEY: 'constructor-ctx-this-ctx' } }, 'SECRET_IS_KNOWN'],
    ['what stands in the manifest', { bot_env: { KEY: 'private_messages' } }, 'SECRET_IS_KNOWN'],
    [
      'what stands in the params',
      { bot_manifest: { ...MANIFEST, params: { type: 'object' } }, bot_params: { words: [CANARY] } },
      'SECRET_IS_KNOWN',
    ],
    ['the name of the channel', { name: CANARY }, 'SECRET_IS_KNOWN'],
    [
      'the label of a slot',
      { slots: ['bot:spy', 'invite:sixteen-letters-x'], bot_env: { KEY: 'sixteen-letters-x' } },
      'SECRET_IS_KNOWN',
    ],
  ])('are refused with %s', async (_case, given, code) => {
    await using alice = await door(server, 'alice');

    const refused = await refusal(alice.call('create_channel', { name: 'Room', slots: ['bot:spy'], ...spy, ...given }));

    expect(refused).toMatchObject({ code });
    expect(JSON.stringify(refused)).not.toContain(CANARY);
    expect((await alice.call('list_channels')).channels).toEqual([]);
  });

  test('cannot be set to a text that everyone in the channel can read; other texts are not checked', async () => {
    await using room = await openRoom(server, door, { slots: ['bot:a', 'bot:b', 'invite:alice', 'invite:bob'] });
    const { alice, bob, id: channel_id } = room;
    const attach = (KEY: string) => ({ channel_id, inline_code: SPY, manifest: MANIFEST, env: { KEY } });
    const [said, whispered] = ['Said 100% "aloud" to_all!', 'Whispered to the bot alone'];
    await alice.call('attach_bot', { channel_id, slot: 's0', inline_code: 'class Ear { onPrivateMessage() {} }' });
    await bob.call('post_message', { channel_id, body: `so: ${said}` });
    await bob.call('dm_bot', { channel_id, bot_id: 'bot_Ear_0', message: whispered });

    expect(await refusal(alice.call('attach_bot', attach(said)))).toMatchObject({ code: 'SECRET_IS_KNOWN' });
    expect(await alice.call('attach_bot', attach(whispered))).toMatchObject({ bot_id: 'bot_Spy_1' });
  });

  test('are refused for every bot in a contest', async () => {
    const slots = ['bot:a', 'bot:b', 'invite:alice', 'invite:bob'];
    const binding = { inline_code: SPY, manifest: { name: 'Binding', binding: true } };
    const secret = { inline_code: SPY, manifest: MANIFEST, env: { KEY: CANARY } };
    await using distinct = await openRoom(server, door, {
      slots,
      bots: [{ slot: 's0', inline_code: SPY }],
      distinct_members: true,
    });
    await using bound = await openRoom(server, door, { slots, bots: [{ slot: 's0', ...binding }] });
    await using told = await openRoom(server, door, { slots, bots: [{ slot: 's0', ...secret }] });

    const attach = ({ alice, id }: Room, bot: object) => refusal(alice.call('attach_bot', { channel_id: id, ...bot }));
    for (const [room, bot] of [
      [distinct, secret],
      [bound, secret],
      [told, binding],
    ] as const) {
      expect(await attach(room, bot)).toMatchObject({ code: 'SECRETS_NOT_ALLOWED' });
    }
  });
});

describe('After a restart', () => {
  const [[, door]] = DOORS as [(typeof DOORS)[number]];

  test('a bot still has its secrets', async () => {
    await using room = await openRoom(server, door, spy);

    await server.crashAndRestart();

    expect((await say(room, 'names'))[0].body).toMatchObject({ hash });
  });

  test('are masked in the state that admins see; without the key file no state is shown', async () => {
    await using own = await startServer();
    const state_public_schema = { type: 'object', properties: { KEY: { type: 'string' } } };
    await using room = await openRoom(own, door, { ...spy, bot_manifest: { ...MANIFEST, state_public_schema } });
    const inspect = () => room.alice.call('debug_bot', { channel_id: room.id, bot_id, action: 'inspect_state' });
    await say(room, 'state');

    const seen = await inspect();
    const file = join(own.dataDir, 'sealing-keys.json');
    await own.stop();
    renameSync(file, `${file}.away`);
    await own.start();
    const later = await inspect();

    expect(seen.state_public).toEqual({ KEY: '[secret]' });
    expect([later.state_version, later.state_public]).toEqual([1, undefined]);
  });

  test('without the key file a bot waits and its channel is informed, until the keys are restored or the bot is attached again', async () => {
    await using one = await openRoom(server, door, spy);
    await using two = await openRoom(server, door, spy);
    const file = join(server.dataDir, 'sealing-keys.json');
    await server.stop();
    renameSync(file, `${file}.away`);
    await server.start();

    const [replies] = await Promise.all([say(one, 'names'), say(two, 'names')]);
    expect(replies).toMatchObject([{ body: { type: 'bot:error', code: 'SECRETS_UNAVAILABLE' } }]);
    const answers = async ({ bob, id }: Room) => {
      const read = await everythingRead(bob, id);
      const told = read.flatMap(({ body }) => (body.hash ? [body.hash] : []));
      return told.length > 0 && told;
    };
    const bot_def = { inline_code: SPY, manifest: MANIFEST, env: { KEY: OTHER } };
    await change(one, { type: 'set_bot', slot_id: 's0', bot_def });
    await say(one, 'names');
    expect(await eventually(() => answers(one))).toEqual([createHash('sha256').update(OTHER).digest('hex')]);
    expect(await answers(two)).toBe(false);

    renameSync(`${file}.away`, file);
    await say(two, 'ok');
    expect(await eventually(() => answers(two))).toEqual([hash]);
    expect(await told(two.bob, two.id, 'bot:error')).toHaveLength(1);
  });
});

test('The secrets of a removed bot are deleted, including the encrypted text', async () => {
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(server, door, spy);

  const manifest = { ...MANIFEST, needs_env: [] };
  await change(room, { type: 'remove_bot', slot_id: 's0' });
  await change(room, { type: 'set_bot', slot_id: 's0', bot_def: { inline_code: SPY, manifest } });
  const [{ body: without }] = await say(room, 'names');
  await change(room, { type: 'remove_bot', slot_id: 's0' });
  const again = {
    channel_id: room.id,
    inline_code: SPY,
    manifest: { ...MANIFEST, needs_env: ['OTHER'] },
    env: { OTHER },
  };
  await room.alice.call('attach_bot', again);

  expect(without).toMatchObject({ names: [] });
  expect((await say(room, 'names'))[0].body).toMatchObject({ names: ['OTHER'] });
  await nothingTells(room);
});

describe.each(DOORS)('A person who guesses hidden text by giving it to a bot as a secret, over %s', (_, door) => {
  const GUESSES = [
    ['what it whispers', 'It is the ace of spades'],
    ['the end of what it says aloud and the beginning of that', 'your card, bob: It is the ace of s'],
    ['the end of what it seals and the beginning of what it says next', 'has seventeenAnd now it is'],
    ['what it seals', 'The dealer has seventeen'],
    ['what it keeps', 'kept: ace of spades, 17'],
    ['what it calls a timer', 'turn-of-ace-of-spades'],
    ['the type of what it whispers', 'channel_created_deal_spades'],
  ] as const;

  test.each(GUESSES)('learns nothing by guessing %s', async (_what, right) => {
    const dealt = async (KEY: string) => {
      const room = await openRoom(server, door, { bot_code: DEALER, bot_manifest: DEALERS, bot_env: { KEY } });
      await say(room, 'deal');
      await eventually(async () => (await told(room.alice, room.id, 'rang')).length > 0);
      return room;
    };
    const rooms = await Promise.all([right, 'it is another thing altogether'].map(dealt));
    // One after the other, because what is asked at once is counted together.
    const seen = [];
    for (const room of rooms) seen.push(await everythingSeen(room));
    await Promise.all(rooms.map((room) => room[Symbol.asyncDispose]()));

    expect(seen[0]).toEqual(seen[1]);
    expect(JSON.stringify(seen)).not.toContain('[secret]');
  });

  test('cannot make a hook fail or run again by guessing its result', async () => {
    const KEY = 'the dice show six and six';
    await using room = await openRoom(server, door, { bot_code: DEALER, bot_manifest: DEALERS, bot_env: { KEY } });

    const [answer, ...more] = await say(room, 'roll');

    expect([answer.kind, answer.body.dice, more]).toEqual(['bot', '[secret]', []]);
    expect((await room.bob.call('who', { channel_id: room.id })).bots[0].state_version).toBe(1);
    expect(await told(room.bob, room.id, 'bot:error')).toEqual([]);
  });
});

const DEALERS = { name: 'Dealer', needs_env: ['KEY'], permissions: { private_messages: true } };
const DEALER = `export default class Dealer {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body: { text } }) {
    const { ctx } = this;
    const [card, suit, dealer, two] = ['ace', 'spades', 'seventeen', 'six'];
    if (text === 'roll') {
      ctx.setState({ rolled: true });
      return ctx.post('bot', { dice: ['the dice show', two, 'and', two].join(' ') });
    }
    if (text !== 'deal') return;
    ctx.setState({ text: ['kept:', card, 'of', suit + ', 17'].join(' ') });
    ctx.setTimer(['turn', 'of', card, 'of', suit].join('-'), 1);
    ctx.post('bot', { said: 'This is your card, bob: ' });
    ctx.post('private', { whispered: ['It is the', card, 'of', suit].join(' ') }, { to: 's2' });
    ctx.post('private', { type: ['channel_created', text, suit].join('_') }, { to: 's2' });
    ctx.post('bot', { sealed: ['The dealer has', dealer].join(' ') }, { sealed: true });
    ctx.post('bot', { said: ['And now it', 'is your turn'].join(' ') });
  }
  onTimer(name) { this.ctx.post('bot', { type: 'rang', name: name.length, kept: this.ctx.getState().text.length }); }
}`;

/** All that alice can ask about her channel, without what is different in every one. */
async function everythingSeen({ alice, id: channel_id }: Room) {
  const bot = { channel_id, bot_id: 'bot_Dealer_0' };
  const answers = [
    (await everythingRead(alice, channel_id)).map(({ id, sender, kind, body }) => ({ id, sender, kind, body })),
    await alice.call('list_runs', bot),
    await alice.call('who', { channel_id }),
    await alice.call('get_bot_code', bot),
    await alice.call('debug_bot', { ...bot, action: 'inspect_state' }),
    await alice.call('debug_bot', { ...bot, action: 'tail_logs' }),
    await alice.call('list_channels'),
    await alice.call('get_limits'),
  ];
  const text = JSON.stringify(answers, (name, value) => (CHANGING.includes(name) ? undefined : value));
  return JSON.parse(text.replaceAll(channel_id, 'chn'));
}

const CHANGING = ['ms', 'ts', 'seed_commit', 'state_commit', 'created_at', 'last_activity', 'remaining', 'reset_ms'];

/** No answer of any operation, no file of the server and no line of its log holds a secret, in any of the plain forms. */
async function nothingTells({ alice, bob, id: channel_id }: Room) {
  const asked: [Person, string, object][] = [
    [bob, 'who', {}],
    [bob, 'get_bot_code', { bot_id }],
    [bob, 'list_runs', { bot_id }],
    [alice, 'get_channel_info', {}],
    [alice, 'sync_messages', {}],
  ];
  const told = await Promise.all(
    asked.map(([person, operation, input]) => person.call(operation, { channel_id, ...input })),
  );
  const read = await Promise.all([alice, bob].map((person) => everythingRead(person, channel_id)));
  const files = readdirSync(server.dataDir)
    .filter((name) => /sqlite/.test(name))
    .map((name) => readFileSync(join(server.dataDir, name), 'latin1'));
  const everything = [JSON.stringify([told, read]), server.log(), ...files];
  for (const secret of [CANARY, OTHER]) {
    const bytes = Buffer.from(secret);
    for (const form of [secret, encodeURIComponent(secret), bytes.toString('hex'), bytes.toString('base64')]) {
      expect(everything.map((text) => text.includes(form))).not.toContain(true);
    }
  }
}
