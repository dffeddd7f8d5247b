import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ LIMIT_CHANNELS: '3', LIMIT_BOTS: '2' });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const ROOM = { name: 'Room', slots: ['invite:a', 'bot:b'] };
const BOT = { bot_preset: 'GuessBot' };

describe.each(DOORS)('An account, over %s', (_, door) => {
  test('has a maximum of open channels, and may open another after closing one', async () => {
    await using alice = await door(server, 'alice');
    await using bob = await door(server, 'bob');
    const channels: string[] = [];
    for (let i = 0; i < 3; i++) channels.push((await alice.call('create_channel', ROOM)).channel_id);

    const problem = await refusal(alice.call('create_channel', ROOM));

    expect(problem).toMatchObject({ code: 'QUOTA_REACHED', status: 409, policy: 'channels', limit: 3 });
    await bob.call('create_channel', ROOM);
    await alice.call('update_channel', { channel_id: channels[0], ops: [{ type: 'close' }] });
    await alice.call('create_channel', ROOM);
  });

  test('has a maximum of attached bots in all its channels', async () => {
    await using alice = await door(server, 'alice');
    await using bob = await door(server, 'bob');
    const { channel_id } = await alice.call('create_channel', { ...ROOM, ...BOT });
    const second = await alice.call('create_channel', { ...ROOM, ...BOT });

    const problem = await refusal(alice.call('create_channel', { ...ROOM, ...BOT }));

    expect(problem).toMatchObject({ code: 'QUOTA_REACHED', policy: 'bots', limit: 2 });
    const third = await alice.call('create_channel', ROOM);
    const attach = () => alice.call('attach_bot', { channel_id: third.channel_id, ...BOT });
    expect(await refusal(attach())).toMatchObject({ code: 'QUOTA_REACHED' });
    await bob.call('create_channel', { ...ROOM, ...BOT });
    await alice.call('update_channel', { channel_id, ops: [{ type: 'remove_bot', slot_id: 's1' }] });
    await attach();
    await alice.call('update_channel', { channel_id: second.channel_id, ops: [{ type: 'close' }] });
  });
});
