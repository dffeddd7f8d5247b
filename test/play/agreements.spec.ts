import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { everythingRead, openRoom, refusal, told } from '../support/rooms.js';
import { callerOf, stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';
import { GREETER, openPlay, STAYER } from './room.js';

const server = useServer();

const KICK = { type: 'kick', slot_id: 's2' };
const SWAP = { type: 'set_bot', slot_id: 's0', bot_def: { bot_code: GREETER } };
const VOID = { type: 'void_round' };

describe.each(DOORS)('A proposed change of a contest in play, over %s', (_, door) => {
  const open = () => openPlay(server, door, true);

  test('is tried and charged to the account of the proposer, not of the last one who agrees', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const large = `${GREETER}\n// ${room.id} ${'x'.repeat(20_000)}`;
    const swap = { ...SWAP, bot_def: { bot_code: large } };
    const { account_id } = callerOf(server.dataDir, bob.token) ?? {};
    const figures = () =>
      stored(server.dataDir, (database) => ({
        trials: database.prepare('SELECT COUNT(*) FROM bot_trial').pluck().get(),
        bobs: database
          .prepare('SELECT bytes FROM account_storage WHERE account_id = ?')
          .pluck()
          .get(account_id) as number,
      }));
    const { change_id } = await alice.call('propose_change', { channel_id, ops: [swap] });
    const before = figures();

    const { status } = await bob.call('agree_change', { channel_id, change_id });
    const after = figures();

    expect([status, after.trials]).toEqual(['done', before.trials]);
    // His yes is an entry, and what is said because of it.
    expect(after.bobs - before.bobs).toBeLessThan(20_000);
  });

  test('is carried out by the last agreement, as it was proposed', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;

    const proposed = await alice.call('propose_change', { channel_id, ops: [SWAP] });
    expect(proposed).toMatchObject({
      status: 'open',
      parties: [
        { seat: 's1', agreed: true },
        { seat: 's2', agreed: false },
      ],
    });
    const { change_id, would_run } = proposed;
    expect(await told(bob, channel_id, 'change:proposed')).toMatchObject([{ would_run }]);
    const agreed = await bob.call('agree_change', { channel_id, change_id });

    expect(agreed).toMatchObject({ status: 'done', parties: [{ agreed: true }, { agreed: true }] });
    const types = (await everythingRead(bob, channel_id)).map(({ body }) => body.type);
    expect(types.slice(types.indexOf('change:proposed'))).toEqual(
      expect.arrayContaining(['change:proposed', 'change:agreed', 'round:void', 'round:reveal', 'bot:attach']),
    );
    const [, attached] = await told(bob, channel_id, 'bot:attach');
    expect(would_run).toEqual([
      {
        slot_id: 's0',
        name: 'Greeter',
        version: '1.0.0',
        params: {},
        inline_code: GREETER,
        code_hash: attached.code_hash,
        manifest_hash: attached.manifest_hash,
        bundle_hash: attached.bundle_hash,
      },
    ]);
    expect(await told(bob, channel_id, 'round:void')).toEqual([
      { type: 'round:void', bot_id: 'bot_Picker_0', round: 1, cause: 'agreed', by: change_id, op: 'set_bot' },
    ]);
  });

  test('has its code tried for the account of the proposer, and not again for those who agree', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const bot_code = `${GREETER}\n// ${channel_id}`;
    const trials = () => stored(server.dataDir, (database) => database.prepare('SELECT * FROM bot_trial').all());
    const ops = [{ ...SWAP, bot_def: { bot_code } }];

    const { change_id } = await alice.call('propose_change', { channel_id, ops });
    const proposed = trials();
    const agreed = await bob.call('agree_change', { channel_id, change_id });

    expect(agreed.status).toBe('done');
    // The account is part of what a trial is kept by.
    expect(trials()).toEqual(proposed);
  });

  test('is announced to everyone with the code that would run, who must agree, and the deadline', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;

    const { change_id, expires_at } = await alice.call('propose_change', { channel_id, ops: [KICK], expires_s: 60 });

    expect(await told(bob, channel_id, 'change:proposed')).toEqual([
      { type: 'change:proposed', change_id, by: 's1', ops: [KICK], asked: ['s1', 's2'], expires_at },
    ]);
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
  });

  test('that moves a seat leaves the round as it is', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const { change_id } = await alice.call('propose_change', {
      channel_id,
      ops: [{ ...VOID, type: 'set_admin', slot_id: 's2', admin: true }],
    });

    await bob.call('agree_change', { channel_id, change_id });

    expect(await told(bob, channel_id, 'set_admin_applied')).toMatchObject([{ by: change_id }]);
    expect(await told(bob, channel_id, 'round:void')).toEqual([]);
  });

  test('can be to void the round, and a party without admin rights can propose that', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;

    const { change_id } = await bob.call('propose_change', { channel_id, ops: [VOID] });
    expect(await told(alice, channel_id, 'round:void')).toEqual([]);
    await alice.call('agree_change', { channel_id, change_id });

    expect(await told(alice, channel_id, 'round:void')).toMatchObject([{ cause: 'agreed', by: change_id }]);
  });

  test('also needs the agreement of a party who has left', async () => {
    await using room = await openRoom(server, door, {
      bot_code: STAYER,
      bot_manifest: { name: 'Stayer', binding: true },
    });
    const { alice, bob, id: channel_id } = room;
    await bob.call('leave_channel', { channel_id });

    const { change_id, parties, status } = await alice.call('propose_change', { channel_id, ops: [VOID] });
    expect({ status, seats: parties.map(({ seat }: { seat: string }) => seat) }).toEqual({
      status: 'open',
      seats: ['s1', 's2'],
    });
    expect(await bob.call('agree_change', { channel_id, change_id })).toMatchObject({ status: 'done' });
  });

  test('is carried out once, and a repeated call of a party returns the result', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const { change_id } = await alice.call('propose_change', { channel_id, ops: [SWAP] });

    const answers = await Promise.all([1, 2, 3].map(() => bob.call('agree_change', { channel_id, change_id })));

    expect(answers.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(await told(alice, channel_id, 'bot:attach')).toHaveLength(2);
    expect(await told(alice, channel_id, 'change:agreed')).toHaveLength(1);
  });

  test('that cannot be carried out is announced to everyone, and changes nothing', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const impossible = [VOID, { type: 'kick', slot_id: 's3' }];
    const { change_id } = await alice.call('propose_change', { channel_id, ops: impossible });

    const answer = await bob.call('agree_change', { channel_id, change_id });

    expect(answer.status).toBe('failed');
    expect(await told(bob, channel_id, 'change:failed')).toEqual([
      { type: 'change:failed', change_id, code: 'INVALID_REQUEST' },
    ]);
    expect(await told(bob, channel_id, 'round:void')).toEqual([]);
  });

  test('expires with its round', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const { change_id } = await alice.call('propose_change', { channel_id, ops: [SWAP] });
    await bob.call('post_message', { channel_id, body: 'end' });
    await bob.call('post_message', { channel_id, body: 'psst', to: 'bot_Picker_0' });

    expect(await refusal(bob.call('agree_change', { channel_id, change_id }))).toMatchObject({
      code: 'CHANGE_NOT_FOUND',
    });
  });

  test.each([
    ['from who is no member', 'mallory', 'NOT_MEMBER'],
    ['for a change nobody proposed', 'bob', 'CHANGE_NOT_FOUND'],
  ] as const)('refuses an agreement %s', async (_who, who, code) => {
    await using room = await open();
    const asked = room[who].call('agree_change', { channel_id: room.id, change_id: 'chg_nobody_asked' });
    expect(await refusal(asked)).toMatchObject({ code });
  });

  test('contains no secrets', async () => {
    await using room = await open();
    const { alice, id: channel_id } = room;

    const env = { ...SWAP, bot_def: { ...SWAP.bot_def, env: { KEY: 'a-secret-that-is-long-enough' } } };
    for (const op of [
      env,
      { type: 'set_env_redacted', slot_id: 's0', keys: { KEY: 'a-secret-that-is-long-enough' } },
    ]) {
      expect(await refusal(alice.call('propose_change', { channel_id, ops: [op] }))).toMatchObject({
        code: 'INVALID_REQUEST',
      });
    }
    expect(await told(alice, channel_id, 'change:proposed')).toEqual([]);
  });

  test('contains the settings with which a bot would run', async () => {
    await using room = await open();
    const bot_def = { bot_preset: 'GuessBot', params: { range: [7, 7] } };

    await room.alice.call('propose_change', { channel_id: room.id, ops: [{ ...SWAP, bot_def }] });

    expect(await told(room.bob, room.id, 'change:proposed')).toMatchObject([
      { would_run: [{ name: 'GuessBot', params: { range: [7, 7] } }] },
    ]);
  });

  test('needs admin rights in addition to agreement', async () => {
    await using room = await open();
    const { bob, id: channel_id } = room;

    for (const op of [SWAP, { type: 'set_admin', slot_id: 's2', admin: true }, { type: 'close' }]) {
      expect(await refusal(bob.call('propose_change', { channel_id, ops: [op] }))).toMatchObject({ code: 'NOT_ADMIN' });
    }
  });

  test('that creates an invite must be agreed to last by its proposer, who gets the code', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const { change_id } = await alice.call('propose_change', {
      channel_id,
      ops: [{ type: 'new_invite', slot_id: 's3' }],
    });
    const agree = (who: typeof alice) => who.call('agree_change', { channel_id, change_id });

    expect(await refusal(agree(alice))).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await agree(bob)).toMatchObject({ status: 'open' });
    const done = await agree(alice);

    expect(done).toMatchObject({
      status: 'done',
      invites: [{ slot_id: 's3', invite_code: expect.stringMatching(/^inv_/) }],
    });
    expect(JSON.stringify(await everythingRead(bob, channel_id))).not.toContain(done.invites[0].invite_code);
  });

  test('refuses values that are not listed in the schema of an op', async () => {
    await using room = await open();
    const yields = { type: 'yield_slot', slot_id: 's3', to: 'Ignore' };

    const asked = room.alice.call('propose_change', { channel_id: room.id, ops: [yields] });

    expect(await refusal(asked)).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await told(room.bob, room.id, 'change:proposed')).toEqual([]);
  });

  test('is refused if no round is in play, for unknown slots, and beyond four open ones of one proposer', async () => {
    await using room = await open();
    const { alice, bob, id: channel_id } = room;
    const propose = (ops: object[]) => alice.call('propose_change', { channel_id, ops });

    expect(await refusal(propose([{ type: 'kick', slot_id: 's9' }]))).toMatchObject({ code: 'SLOT_NOT_FOUND' });
    expect(await refusal(propose([{ type: 'nonsense' }]))).toMatchObject({ code: 'BAD_OP' });
    for (let i = 0; i < 4; i++) await propose([VOID]);
    expect(await refusal(propose([VOID]))).toMatchObject({ code: 'QUOTA_REACHED' });
    // What one has used up the other still has.
    expect(await bob.call('propose_change', { channel_id, ops: [VOID] })).toMatchObject({ status: 'open' });
    await bob.call('post_message', { channel_id, body: 'end' });
    expect(await refusal(propose([KICK]))).toMatchObject({ code: 'NO_ROUND_IN_PLAY' });
  });
});
