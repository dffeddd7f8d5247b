import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signInAs, WITH_ACCOUNTS } from '../support/accounts.js';
import { openAdmin } from '../support/admin.js';
import { DOORS, type Person } from '../support/doors.js';
import { openRoom, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { contestOf, openPlay, PICKER } from './room.js';

const BLOCK = { decision: 'block', reason_code: 'malicious' };

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const hashIn = async (person: Person, channel_id: string) =>
  (await person.call('who', { channel_id })).bots[0].code_hash as string;
const say = (person: Person, channel_id: string, body: string) => person.call('post_message', { channel_id, body });

/** The round of its own source, so that a decision reaches no other test. */
const sourceFor = (name: string) => `${PICKER}\n// ${name}`;

describe.each(DOORS)('A block of the code of a round in play, over %s', (doorName, door) => {
  test('by one moderator ends the round outside a contest', async () => {
    await using admin = await openAdmin(server, door);
    await using room = await openRoom(server, door, { bot_code: sourceFor(`one ${doorName}`) });

    const decided = await admin.call('decide_bot_code', { hash: await hashIn(room.alice, room.id), ...BLOCK });

    expect(decided).toMatchObject({ bots_stopped: 1, bots_spared: 0 });
    expect(await told(room.bob, room.id, 'round:void')).toMatchObject([{ cause: 'decision', reason: 'code_blocked' }]);
  });

  describe('in accounts mode', () => {
    let own: RunningServer;
    beforeAll(async () => {
      own = await startServer(WITH_ACCOUNTS);
    });
    afterAll(async () => {
      await own[Symbol.asyncDispose]();
    });
    const holder = async (role: 'member' | 'moderator', ...scopes: ('channels' | 'bots' | 'admin')[]) =>
      door(own, role, (await signInAs(own, role, scopes)).token);
    const block = (who: Person, hash: string) => who.call('decide_bot_code', { hash, ...BLOCK });
    async function open(name: string) {
      const [alice, bob] = [await holder('member', 'channels', 'bots'), await holder('member', 'channels', 'bots')];
      const moderators = [await holder('moderator', 'admin'), await holder('moderator', 'admin')] as const;
      const { channel_id, invites } = await alice.call('create_channel', contestOf(sourceFor(name)));
      for (const [i, person] of [alice, bob].entries()) await person.call('join_channel', { invite_code: invites[i] });
      return { alice, bob, moderators, channel_id, hash: await hashIn(alice, channel_id) };
    }

    test('by one moderator stops the bot of a contest only when the round is over', async () => {
      const { alice, bob, moderators, channel_id, hash } = await open(`spared ${doorName}`);

      const decided = await block(moderators[0], hash);
      await say(bob, channel_id, 'a move');

      expect(decided).toMatchObject({ bots_stopped: 0, bots_spared: 1 });
      expect(await told(bob, channel_id, 'bot:decision')).toMatchObject([{ awaits_second: true }]);
      expect(await told(bob, channel_id, 'heard')).toHaveLength(1);
      const bot_code = sourceFor(`spared ${doorName}`);
      const attach = alice.call('create_channel', { name: 'x', slots: ['bot:x'], bot_code });
      expect(await refusal(attach)).toMatchObject({ code: 'CODE_BLOCKED' });

      await say(bob, channel_id, 'end');
      expect(await told(bob, channel_id, 'round:void')).toEqual([]);
      expect((await bob.call('who', { channel_id })).bots).toMatchObject([{ status: 'stopped' }]);
    });

    test('by one moderator stops the bot when the parties void the round', async () => {
      const { alice, bob, moderators, channel_id, hash } = await open(`void ${doorName}`);
      await block(moderators[0], hash);

      const { change_id } = await alice.call('propose_change', { channel_id, ops: [{ type: 'void_round' }] });
      await bob.call('agree_change', { channel_id, change_id });

      expect((await bob.call('who', { channel_id })).bots).toMatchObject([{ status: 'stopped' }]);
      expect(await told(bob, channel_id, 'round:commit')).toEqual([]);
    });

    test('by a second moderator ends a contest; by the same one twice it does not', async () => {
      const { bob, moderators, channel_id, hash } = await open(`two ${doorName}`);

      for (let i = 0; i < 2; i++) expect(await block(moderators[0], hash)).toMatchObject({ bots_spared: 1 });
      expect(await told(bob, channel_id, 'round:void')).toEqual([]);
      expect(await block(moderators[1], hash)).toMatchObject({ bots_stopped: 1, bots_spared: 0 });

      expect(await told(bob, channel_id, 'round:void')).toMatchObject([{ cause: 'decision' }]);
    });
  });

  test('by the operator, who controls the machine, needs no second one', async () => {
    await using admin = await openAdmin(server, door);
    await using room = await contest(`operator ${doorName}`);

    const decided = await admin.call('decide_bot_code', { hash: await hashIn(room.alice, room.id), ...BLOCK });

    expect(decided).toMatchObject({ bots_stopped: 1, bots_spared: 0 });
  });

  test('is refused to a moderator who plays in it', async () => {
    await using admin = await openAdmin(server, door);
    await using room = await openRoom(server, door, {
      slots: ['bot:referee', 'invite:alice', 'invite:bob', 'invite:admin'],
      bot_code: sourceFor(`plays ${doorName}`),
    });
    await admin.call('join_channel', { invite_code: room.invites[2] });
    const hash = await hashIn(room.alice, room.id);

    const asked = admin.call('decide_bot_code', { hash, ...BLOCK });

    expect(await refusal(asked)).toMatchObject({ code: 'INTERESTED' });
    expect(await told(room.bob, room.id, 'bot:decision')).toEqual([]);
    await say(room.bob, room.id, 'a move');
    expect(await told(room.bob, room.id, 'heard')).toHaveLength(1);
  });

  test('is not caused by a report', async () => {
    await using room = await contest(`report ${doorName}`);

    await room.alice
      .call('report_bot', { channel_id: room.id, bot_id: 'bot_Picker_0', reason: 'unfair', text: 'I lose' })
      .catch(() => {});
    await say(room.bob, room.id, 'a move');

    expect(await told(room.bob, room.id, 'round:void')).toEqual([]);
    expect(await told(room.bob, room.id, 'heard')).toHaveLength(1);
  });

  const contest = (name: string) => openPlay(server, door, true, sourceFor(name));
});
