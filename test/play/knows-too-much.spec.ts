import { describe, expect, test } from '@jest/globals';
import { DOORS, type Door } from '../support/doors.js';
import { typesOf } from '../support/game.js';
import { told } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

/** Prints what it draws when it begins. */
const PRINTING = `class Printing {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { const n = this.ctx.random(1000); console.log('secret ' + n); this.ctx.setState({ n }); }
}`;
/** Draws nothing until somebody has moved. */
const WAITING = `class Waiting {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() { this.ctx.post('bot', { type: 'heard' }); }
}`;

/** alice made the channel and sits in s1 alone; s2 is free. */
async function alone(door: Door, channel: object = {}) {
  const [alice, bob] = await Promise.all([door(server, 'alice'), door(server, 'bob')]);
  const { channel_id, invites } = await alice.call('create_channel', {
    name: 'Alone',
    slots: ['bot:referee', 'invite:alice', 'invite:bob'],
    bot_code: PRINTING,
    ...channel,
  });
  await alice.call('join_channel', { invite_code: invites[0] });
  const debug = (action: string, payload: object = {}) =>
    alice.call('debug_bot', { channel_id, slot_id: 's0', action, payload, seat: 's1' });
  const close = async () => {
    await Promise.all([alice.close(), bob.close()]);
  };
  return { alice, bob, channel_id, invites, debug, [Symbol.asyncDispose]: close };
}

describe.each(DOORS)('A round about which an admin has learned too much, over %s', (_, door) => {
  test('is void when another account takes the admin’s seat with its rejoin token', async () => {
    await using room = await alone(door);
    const { alice, bob, channel_id, invites, debug } = room;
    const { rejoin_token } = await alice.call('join_channel', { invite_code: invites[1] });
    expect((await debug('tail_logs')).logs).toHaveLength(1);

    await bob.call('join_channel', { invite_code: rejoin_token });

    expect(await told(bob, channel_id, 'round:void')).toMatchObject([{ round: 1, op: 'debug_bot:tail_logs' }]);
    expect(await told(bob, channel_id, 'round:commit')).toMatchObject([{ round: 2, restart: true }]);
  });

  test.each([
    ['outside a contest', {}],
    ['in a contest', { distinct_members: true }],
    ['though the bot had drawn nothing', { distinct_members: true, bot_code: WAITING }],
  ])('is void when another player joins after the state was replaced, %s', async (_case, channel) => {
    await using room = await alone(door, channel);
    const { bob, channel_id, invites, debug } = room;
    await debug('replace_state', { state: { n: 42 } });

    await bob.call('join_channel', { invite_code: invites[1] });

    expect(await told(bob, channel_id, 'round:void')).toMatchObject([{ round: 1, op: 'debug_bot:replace_state' }]);
  });

  test('continues while the admin who replaced the state stays alone', async () => {
    await using room = await alone(door);
    const { alice, channel_id, invites, debug } = room;
    await debug('replace_state', { state: { n: 42 } });

    await alice.call('join_channel', { invite_code: invites[1] });

    const { messages } = await alice.call('get_messages', { channel_id, since_id: 0, limit: 500, seat: 's1' });
    expect(typesOf(messages)).toContain('control:debug');
    expect(typesOf(messages)).not.toContain('round:void');
  });
});
