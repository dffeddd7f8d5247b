import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Holder, signInAs, WITH_ACCOUNTS } from '../support/accounts.js';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, everythingRead, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { contestOf } from './room.js';

/** Draws when two are there, and gives the round to the other one when somebody leaves or the clock runs out. */
const CLOCK = `class Picker {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.setState({ number: this.ctx.random(6) }); this.onJoin(); }
  onJoin() { if (this.ctx.players.length > 1) this.ctx.setTimer('late', 600); }
  onLeave(player) { this.ctx.finish({ lost: player, by: 'leaving' }); }
  onTimer() { if (this.ctx.players.length > 1) this.ctx.finish({ lost: 's2', by: 'time' }); }
  onMessage(msg) { this.ctx.post('bot', { type: 'heard', from: msg.sender }); }
}`;

describe.each(DOORS)('When an admin changes the account of a player, over %s', (doorName, door) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(WITH_ACCOUNTS);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const holder = async (role: 'member' | 'admin', name?: string) => {
    const account = await signInAs(server, role, role === 'admin' ? ['channels', 'bots', 'admin'] : undefined, name);
    return { ...account, as: (await door(server, account.name, account.token)) as Person };
  };
  type Player = Holder & { as: Person };

  /** alice made the channel and sits in s1, bob in s2; the third seat is open. */
  async function play(alice: Player, bob: Player, isContest: boolean, code = CLOCK, maker = alice) {
    const channel = contestOf(code);
    const bot_manifest = { ...channel.bot_manifest, binding: isContest };
    const { channel_id, invites } = await maker.as.call('create_channel', { ...channel, bot_manifest });
    for (const [i, { as }] of [alice, bob].entries()) await as.call('join_channel', { invite_code: invites[i] });
    await bob.as.call('post_message', { channel_id, body: 'a move' });
    return { channel_id, invites };
  }
  async function seatsOf({ as }: Player, id: string) {
    const { channels } = await as.call('list_channels', {});
    return channels.find(({ channel_id }: { channel_id: string }) => channel_id === id).slots;
  }

  const ACTS = [
    ['disables', 'set_account', { disabled: true }],
    ['deletes', 'delete_account', {}],
  ] as const;

  test.each(
    ACTS.flatMap(([what, call, input]) =>
      [false, true].map((isContest) => [`${what} it`, isContest ? 'in' : 'outside', call, input] as const),
    ),
  )(
    'an admin who %s %s a contest without playing in it makes the round void, and nobody loses',
    async (_, where, call, input) => {
      const alice = await holder('member');
      const bob = await holder('member');
      const admin = await holder('admin');
      const { channel_id } = await play(alice, bob, where === 'in');

      await admin.as.call(call, { account_id: bob.accountId, ...input });

      expect(await told(alice.as, channel_id, 'round:void')).toEqual([
        { type: 'round:void', bot_id: 'bot_Picker_0', round: 1, cause: 'decision', by: 'operator', op: call },
      ]);
      expect(await told(alice.as, channel_id, 'member_left')).toMatchObject([{ slot_id: 's2', reason: 'removed' }]);
      await alice.as.call('post_message', { channel_id, body: 'and now?' });
      expect(await told(alice.as, channel_id, 'round:end')).toEqual([]);
      expect((await seatsOf(alice, channel_id))[2]).toMatchObject({ slot_id: 's2', occupied: false });
      expect(JSON.stringify(await everythingRead(alice.as, channel_id))).not.toContain(admin.name);
    },
  );

  test.each<[string, (admin: Player, alice: Player, bob: Player) => Promise<{ channel_id: string }>]>([
    ['plays in it', (admin, _, bob) => play(admin, bob, false)],
    ['plays in a contest', (admin, _, bob) => play(admin, bob, true)],
    [
      'wrote its code',
      async (admin, alice, bob) => {
        const code = `${CLOCK} // ${doorName}`;
        await admin.as.call('create_channel', { name: 'First', slots: ['bot:x'], bot_code: code });
        return play(alice, bob, false, code);
      },
    ],
    ['made its channel', (admin, alice, bob) => play(alice, bob, false, CLOCK, admin)],
  ])('an admin who %s is refused, and nothing changes', async (_, open) => {
    const admin = await holder('admin');
    const alice = await holder('member');
    const bob = await holder('admin');
    const { channel_id } = await open(admin, alice, bob);
    const before = await everythingRead(bob.as, channel_id);

    for (const call of [
      admin.as.call('set_account', { account_id: bob.accountId, disabled: true }),
      admin.as.call('set_account', { account_id: bob.accountId, role: 'member' }),
      admin.as.call('delete_account', { account_id: bob.accountId }),
    ]) {
      expect(await refusal(call)).toMatchObject({ code: 'INTERESTED' });
    }

    expect(await everythingRead(bob.as, channel_id)).toEqual(before);
    await bob.as.call('post_message', { channel_id, body: 'still there' });
  });

  test('deleting or disabling one’s own account counts as leaving or silence, not as a way out of the game', async () => {
    const alice = await holder('member');
    const bob = await holder('admin');
    const carol = await holder('admin');
    const leaving = await play(alice, bob, true);
    const silent = await play(alice, carol, true);

    // Their own session ends with it, before it could be told so.
    const ends = [
      bob.as.call('delete_account', { account_id: bob.accountId }),
      carol.as.call('set_account', { account_id: carol.accountId, disabled: true }),
    ];
    await Promise.allSettled(ends);

    const ended = await eventually(async () => (await told(alice.as, leaving.channel_id, 'round:end'))[0]);
    expect(ended).toMatchObject({ result: { lost: 's2', by: 'leaving' } });
    expect(await told(alice.as, leaving.channel_id, 'round:void')).toEqual([]);
    expect(await told(alice.as, silent.channel_id, 'round:void')).toEqual([]);
    expect(await told(alice.as, silent.channel_id, 'member_left')).toEqual([]);
  });

  test('an observer who leaves does not end the round', async () => {
    const alice = await holder('member');
    const bob = await holder('member');
    const carol = await holder('admin');
    const admin = await holder('admin');
    const channel = contestOf(CLOCK);
    const slots = ['bot:referee', 'invite:alice', 'invite:bob', 'observe:carol'];
    const { channel_id, invites } = await alice.as.call('create_channel', { ...channel, slots, visibility: 'public' });
    for (const [i, { as }] of [alice, bob].entries()) await as.call('join_channel', { invite_code: invites[i] });
    await carol.as.call('join_channel', { channel_id, seat: 's3' });
    await bob.as.call('post_message', { channel_id, body: 'a move' });

    await admin.as.call('delete_account', { account_id: carol.accountId });

    expect(await told(alice.as, channel_id, 'member_left')).toMatchObject([{ slot_id: 's3' }]);
    expect(await told(alice.as, channel_id, 'round:void')).toEqual([]);
  });

  test('in a channel without a bot, a disabled player keeps the seat, and can use it when enabled again', async () => {
    const alice = await holder('member');
    const bob = await holder('member');
    const admin = await holder('admin');
    const { channel_id, invites } = await alice.as.call('create_channel', {
      name: 'R',
      slots: ['invite:a', 'invite:b'],
    });
    for (const [i, { as }] of [alice, bob].entries()) await as.call('join_channel', { invite_code: invites[i] });

    await admin.as.call('set_account', { account_id: bob.accountId, disabled: true });

    expect((await seatsOf(alice, channel_id))[1]).toMatchObject({ occupied: true });
    expect(await told(alice.as, channel_id, 'member_left')).toEqual([]);
  });
});
