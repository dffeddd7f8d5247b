import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { startServer } from '../support/server.js';
import { type Store, stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const [, restDoor] = DOORS[0] ?? [];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Posts whatever it is told to: to all, to one seat, or under seal and opened at once. Also ends rounds, and takes its time. */
const HOOK = `
  onMessage({ body }) {
    for (const { to, sealed, finish, spin, ...post } of body.posts ?? []) {
      if (spin) for (let i = 0, end = 3e6; i < end; i++) Math.sqrt(i);
      else if (finish) this.ctx.finish(finish === true ? {} : finish);
      else if (sealed) this.ctx.reveal(this.ctx.post('control', post, { sealed }).handle);
      else this.ctx.post('control', post, to ? { to } : {});
    }
  }`;
const PUPPET = `class Puppet { constructor(ctx) { this.ctx = ctx; } ${HOOK} }`;
/** The same for what is said to it by its name. */
const ADDRESSED = (name: string) =>
  `class ${name} { constructor(ctx) { this.ctx = ctx; } ${HOOK.replace('body.posts', `(body.bot === '${name}' ? body.posts : [])`)} }`;

describe('A reveal', () => {
  const commit = (text: string) => ({ type: 'bot:commit', commit: sha256(text) });
  const reveal = (fields: object) => ({ type: 'bot:reveal', ...fields });

  test.each<[string, object, object, boolean]>([
    ['of the number committed to holds', commit('7|n'), reveal({ target: 7, nonce: 'n' }), true],
    ['of the text committed to holds', commit('rock|n'), reveal({ value: 'rock', nonce: 'n' }), true],
    ['of another number does not', commit('7|n'), reveal({ target: 8, nonce: 'n', verified: true }), false],
    [
      'that names another commitment does not',
      commit('7|n'),
      reveal({ target: 7, nonce: 'n', commit: sha256('x') }),
      false,
    ],
    ['of an object does not', commit('[object Object]|n'), reveal({ target: { number: 7 }, nonce: 'n' }), false],
    ['of a list does not', commit('1,2|n'), reveal({ target: [1, 2], nonce: 'n' }), false],
    ['that can be cut in two ways does not', commit('rock|x|y'), reveal({ value: 'rock|x', nonce: 'y' }), false],
    ['whose value throws does not', commit('7|n'), reveal({ target: { toString: 1, valueOf: 1 }, nonce: 'n' }), false],
    [
      'of a commitment inside another field does not',
      { type: 'bot:commit', inner: { commit: sha256('7|n') } },
      reveal({ target: 7, nonce: 'n' }),
      false,
    ],
  ])('%s', async (_, committed, revealed, verified) => {
    await using room = await openRoom(server, restDoor!, { bot_code: PUPPET });
    const say = (post: object) =>
      room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts: [post] } });

    await say(committed);
    await say(revealed);

    expect(await told(room.bob, room.id, 'bot:reveal')).toMatchObject([{ verified }]);
  });

  test('before its commitment is not verified', async () => {
    await using room = await openRoom(server, restDoor!, { bot_code: PUPPET });
    const posts = [reveal({ target: 7, nonce: 'n' }), commit('7|n')];

    await room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts } });

    expect(await told(room.bob, room.id, 'bot:reveal')).toMatchObject([{ verified: false }]);
  });

  /** Each list is what the bot posts in one hook; answers with the verdicts of all reveals, in order. */
  async function verdictsOn(hooks: object[][], channel: object = {}) {
    await using room = await openRoom(server, restDoor!, { bot_code: PUPPET, ...channel });
    for (const posts of hooks) {
      await room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts } });
    }
    return (await told(room.bob, room.id, 'bot:reveal')).map(({ verified }) => verified);
  }
  const [a, b] = [commit('1|n'), commit('2|n')];
  const [openA, openB] = [reveal({ target: 1, nonce: 'n' }), reveal({ target: 2, nonce: 'n' })];
  const finish = { finish: true };

  test.each<[string, object[][], boolean[]]>([
    ['in the hook of its commitment', [[a, openA]], [false]],
    ['after such a one, of the next commitment', [[a, openA], [b], [openB]], [false, true]],
    ['of one of two commitments of two hooks', [[a], [b], [openA]], [false]],
    ['of one of two commitments of one hook', [[a, b], [openB]], [false]],
    ['of what is left of two', [[a, b], [openA], [openB]], [false, false]],
    ['of a third beside what is left of two', [[a, b], [openA], [a], [openA]], [false, false]],
    ['of the newer, committed to as the older was opened', [[a], [b, openA], [openB]], [true, true]],
    ['of the same commitment twice', [[a], [openA], [openA]], [true, false]],
    ['of what was committed to twice', [[a], [a], [openA]], [true]],
    ['of the commitment of a later round, the older unopened', [[a], [finish], [b], [openA], [openB]], [false, true]],
    ['of the next round, committed to as the round ended', [[a], [b, openA, finish], [openB]], [true, true]],
    ['of the next round, the older not opened as it ended', [[a], [b, finish], [openA], [openB]], [false, true]],
    ['of a commitment of the round before, and no other', [[a], [finish], [openA]], [true]],
    ['after a wrong one', [[a], [openB], [openA]], [false, true]],
  ])('%s', async (_case, hooks, verdicts) => {
    expect(await verdictsOn(hooks)).toEqual(verdicts);
  });

  test.each<[string, object]>([
    ['a target beside the value', { target: 8, value: 1, nonce: 'n' }],
    ['a salt beside the nonce', { target: 1, nonce: 'n', salt: 'm' }],
    ['a hash', { target: 1, nonce: 'n', hash: sha256('2|n') }],
    ['a commitment', { target: 1, nonce: 'n', commitment: sha256('2|n') }],
    ['a commitment_hash', { target: 1, nonce: 'n', commitment_hash: 'none' }],
  ])('with %s that contradicts it is not verified', async (_case, fields) => {
    expect(await verdictsOn([[a], [reveal(fields)]])).toEqual([false]);
  });

  test.each<[string, object]>([
    ['a value in capitals', { target: 1, Value: 2, nonce: 'n' }],
    ['a value with a space', { target: 1, 'value ': 2, nonce: 'n' }],
    ['a value in letters of another script', { value: 1, 'v\u0430lue': 2, nonce: 'n' }],
    ['a nonce in wide letters', { value: 1, nonce: 'n', '\uff4eonce': 'm' }],
    ['a secret that is neither', { value: 1, nonce: 'n', secret: 'm' }],
    ['a hash in another spelling', { value: 1, nonce: 'n', 'Commitment-Hash': sha256('2|n') }],
    ['an opening within', { value: 1, nonce: 'n', opened: { value: 2, nonce: 'n' } }],
    ['a hash within', { value: 1, nonce: 'n', checks: { of: { commit: sha256('2|n') } } }],
  ])('with %s that contradicts it is not verified', async (_case, fields) => {
    expect(await verdictsOn([[a], [reveal(fields)]])).toEqual([false]);
  });

  test.each<[string, object]>([
    ['a secret that is the value', { value: 1, nonce: 'n', secret: 1 }],
    ['a secret that is the nonce', { value: 1, nonce: 'n', secret: 'n' }],
    ['every name', { value: 1, target: 1, nonce: 'n', salt: 'n', commit: sha256('1|n'), HASH: sha256('1|n') }],
    ['a card that has a value, and hashes of other rounds', { value: 1, nonce: 'n', card: { value: 9 }, all: [b] }],
  ])('with %s is verified', async (_case, fields) => {
    expect(await verdictsOn([[a], [reveal(fields)]])).toEqual([true]);
  });

  const two = sha256('2|n');
  test.each<[string, object]>([
    ['hash', { ...a, hash: two }],
    ['commitment', { ...a, commitment: two }],
    ['commitment_hash', { ...a, commitment_hash: two }],
    ['digest', { ...a, digest: two }],
    ['COMMIT', { ...a, COMMIT: two }],
    ['commit and a space', { ...a, 'commit ': two }],
    ['commit in letters of another script', { ...a, 'c\u043emmit': two }],
    ['hash in wide letters', { ...a, '\uff48ash': two }],
    ['commitmentHash', { ...a, commitmentHash: two }],
    ['commit within', { ...a, details: { commit: two } }],
    ['hash that is invalid', { ...a, hash: 'see below' }],
    ['commit that is invalid', { type: 'bot:commit', commit: 'none', hash: sha256('1|n'), commitment: two }],
  ])('of a commitment that also has a different %s is not verified, whatever it reveals', async (_case, committed) => {
    expect(await verdictsOn([[committed], [openA], [openB]])).toEqual([false, false]);
    expect(await verdictsOn([[committed], [openB], [openA]])).toEqual([false, false]);
    expect(await verdictsOn([[a], [committed], [openA], [openB]])).toEqual([false, false]);
  });

  test('of a commitment that has the same hash under each name is verified', async () => {
    const same = { hash: sha256('1|n'), Commitment: sha256('1|n'), details: { commit: sha256('1|n') } };
    expect(await verdictsOn([[{ ...a, ...same }], [openA]])).toEqual([true]);
  });

  test('that answers a message posted before the commitment is not verified', async () => {
    await using room = await openRoom(server, restDoor!, { bot_code: PUPPET });
    const say = (posts: object[]) =>
      room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts }, wait_ms: 0 });
    // The first holds the bot up until the second is in the log.
    const [first] = await Promise.all([say([{ spin: true }, a]), say([openA])]);

    const [verdict] = await eventually(async () => {
      const reveals = await told(room.bob, room.id, 'bot:reveal');
      return reveals.length > 0 && reveals;
    });
    const commits = (await everythingRead(room.bob, room.id)).filter(({ body }) => body.type === 'bot:commit');
    expect(commits[0].id).toBeGreaterThan(first.msg_id + 1);
    expect(verdict.verified).toBe(false);
  });

  test('does not affect commitments of another bot of the channel', async () => {
    await using room = await openRoom(server, restDoor!, {
      slots: ['bot:one', 'bot:two', 'invite:alice', 'invite:bob'],
      bots: [{ inline_code: ADDRESSED('One') }, { inline_code: ADDRESSED('Two') }],
    });
    const say = (bot: string, posts: object[]) =>
      room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', bot, posts } });

    await say('One', [a]);
    await say('Two', [b]);
    await say('Two', [openA]);
    await say('One', [openA]);
    await say('Two', [openB]);

    expect((await told(room.bob, room.id, 'bot:reveal')).map(({ verified }) => verified)).toEqual([false, true, true]);
  });

  test('in a private or sealed message leaves the commitment open, and a sealed one is never verified', async () => {
    await using room = await openRoom(server, restDoor!, { bot_code: PUPPET });
    const say = (posts: object[]) =>
      room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts } });

    await say([{ to: 's1', ...b }, a]);
    await say([{ to: 's1', ...openB }]);
    await say([{ to: 's1', ...openA }]);
    await say([{ sealed: true, ...openA }]);
    await say([openA]);

    const [opened] = await told(room.bob, room.id, 'revealed');
    expect(opened.opening.body).toMatchObject({ type: 'bot:reveal', verified: false });
    const reveals = await told(room.alice, room.id, 'bot:reveal');
    expect(reveals.map(({ verified }) => verified)).toEqual([false, true, false, true]);
  });

  test('is verified after a restart too', async () => {
    await using own = await startServer();
    await using room = await openRoom(own, restDoor!, { bot_code: PUPPET });
    const say = (posts: object[]) =>
      room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts } });

    await say([a]);
    await own.crashAndRestart();
    await say([openA]);

    expect(await told(room.bob, room.id, 'bot:reveal')).toMatchObject([{ verified: true }]);
  });
});

describe('A verdict that only the server may give', () => {
  let room: Room;
  beforeAll(async () => {
    room = await openRoom(server, restDoor!, { bot_code: PUPPET });
  });
  afterAll(async () => {
    await room[Symbol.asyncDispose]();
  });

  const CLAIMS: [string, object][] = [
    ['beside anything', { type: 'judge', verified: true }],
    ['deep within', { type: 'judge', result: { of: { verified: true } } }],
    ['in capitals', { type: 'judge', VERIFIED: true }],
    ['in other letters', { type: 'judge', 'v\u0435r\u0456fied': true }],
    ['in letters of full width', { type: 'judge', '\uff56\uff45\uff52\uff49\uff46\uff49\uff45\uff44': true }],
    ['with a space', { type: 'judge', 'verified ': true }],
    ['with what cannot be seen', { type: 'judge', 'veri\u200bfied\u00ad': true }],
    ['with marks', { type: 'judge', 'v\u00e9r\u0131\u0307f\u00eded': true }],
    ['turned around', { type: 'judge', '\u202everified': true }],
  ];

  test.each(CLAIMS)('is refused in a message of a member: verified %s', async (_case, body) => {
    const channel_id = room.id;
    const [{ bot_id }] = (await room.alice.call('who', { channel_id })).bots;
    const post = (more: object) => refusal(room.alice.call('post_message', { channel_id, ...more }));

    for (const said of [
      { body },
      { body: JSON.stringify(body) },
      { body, to: 's2' },
      { body, to: bot_id },
      { body, to: bot_id, sealed: true },
    ]) {
      expect(await post(said)).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining('verified') });
    }
  });

  test.each(CLAIMS)('is refused in a post of a bot: verified %s', async (_case, body) => {
    const posts = [body, { list: [body] }, { to: 's1', ...body }, { sealed: true, ...body }, { finish: body }];
    // Within a list a member may say it, and the bot says it again.
    const { msg_id } = await room.alice.call('post_message', {
      channel_id: room.id,
      body: { type: 'say', posts },
    });

    const read = (await everythingRead(room.alice, room.id)).filter(({ id, kind }) => id > msg_id && kind !== 'user');
    expect(read.filter(({ body }) => body.type === 'round:end' || body.type === 'revealed')).toHaveLength(2);
    expect(JSON.stringify(read)).not.toContain('true');
  });

  test('is refused in the params of a bot', async () => {
    const alice = await restDoor!(server, 'alice');
    const bot = { inline_code: PUPPET, params: { game: { verified: true } } };

    const problem = await refusal(alice.call('create_channel', { name: 'Params', slots: ['bot:b'], bots: [bot] }));

    expect(problem).toMatchObject({ code: 'BOT_INVALID', detail: expect.stringContaining('verified') });
    await alice.close();
  });

  test.each([
    'bot:reve\u0430l',
    'BOT:REVEAL',
    'bot:reveal ',
    '\tbot:reveal',
    'bot\uff1areveal',
    'bot\u2236reveal',
    'bot:revea\u217c',
    'bot:revea1',
    'bot:reveaI',
    'bot:reve\u0301al',
    'b\u03bft:reveal',
    '\u{1d41b}\u{1d428}\u{1d42d}:reveal',
    'bot:rev\u200beal',
    '\u202ebot:reveal\u202c',
    'bot:\u0280\u1d07\u1d20\u1d07\u1d00\u029f',
    '\u0432\u043e\u0442:reveal',
    '\u{1f171}\u{1f17e}\u{1f183}:reveal',
    'bot:com\u043cit',
    'bot:cornmit',
    'r\u043eund:end',
    'round\u02d0end',
    'member\u07fajoined',
    'rename_\u0430pplied',
  ])('is refused with a type that looks like a reserved one: %j', async (type) => {
    const channel_id = room.id;

    const problem = await refusal(room.alice.call('post_message', { channel_id, body: { type, target: 1 } }));
    await room.alice.call('post_message', { channel_id, body: { type: 'say', posts: [{ type, target: 1 }] } });

    expect(problem).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining('this type') });
    expect((await everythingRead(room.bob, channel_id)).at(-1).body).toMatchObject({
      type: 'bot:error',
      code: 'BAD_EFFECT',
    });
    expect(await told(room.bob, channel_id, type)).toEqual([]);
  });

  test.each(['bot:commit', 'bot:reveal'])('a member cannot post %s', async (type) => {
    const problem = await refusal(room.alice.call('post_message', { channel_id: room.id, body: { type } }));

    expect(problem.code).toBe('INVALID_REQUEST');
  });

  test.each(['round_end', 'bot:turn', 'reveal', 'commit', 'm\u00f8ve', '\u0445\u043e\u0434', 'applied'])(
    'leaves the type %j free for members and bots',
    async (type) => {
      await room.alice.call('post_message', { channel_id: room.id, body: { type } });
      await room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts: [{ type }] } });

      expect(await told(room.bob, room.id, type)).toHaveLength(2);
    },
  );
});

describe('Commitments posted before the server stored them', () => {
  test('are read from the logs when the server is updated', async () => {
    await using own = await startServer();
    await using room = await openRoom(own, restDoor!, { bot_code: PUPPET });
    const [a, b, c] = ['1|n', '2|n', '3|n'].map((text) => ({ type: 'bot:commit', commit: sha256(text) }));
    const open = (target: number) => ({ type: 'bot:reveal', target, nonce: 'n' });
    const say = (posts: object[]) =>
      room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts } });
    for (const posts of [[a], [open(1)], [a, b], [open(2)], [b, { finish: true }], [c, open(3)], [a, c]]) {
      await say(posts as object[]);
    }
    await say([{ finish: true }]);
    await say([a as object]);
    await own.stop();
    const all = (database: Store) => database.prepare('SELECT * FROM bot_commitment ORDER BY seq').all();
    const before = stored(own.dataDir, all);
    stored(
      own.dataDir,
      (database) => {
        database.exec("DROP TABLE bot_commitment; DELETE FROM migrations WHERE name LIKE 'Commitments%'");
      },
      false,
    );

    await own.start();

    expect(before.length).toBeGreaterThan(6);
    expect(stored(own.dataDir, all)).toEqual(before);
    await say([open(1)]);
    expect((await told(room.bob, room.id, 'bot:reveal')).at(-1)).toMatchObject({ verified: true });
  });
});
