import { expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { bearer } from '../support/oauth.js';
import { everythingRead, openRoom, refusal } from '../support/rooms.js';
import { startServer } from '../support/server.js';

test.each(DOORS)(
  'After a whole session over %s the log contains no credentials and no message texts',
  async (_, door) => {
    await using server = await startServer({ LOG_LEVEL: 'debug' });
    await using room = await openRoom(server, door, {
      name: 'canary-name',
      slots: ['bot:b', 'invite:canary-label', 'invite:b', 'observe:o'],
      bot_code: "class Thrower { onMessage(msg) { throw new Error('canary-thrown ' + msg.body.text); } }",
      entropy: 'canary-entropy',
    });
    const { id, alice, bob } = room;
    const mallory = await room.mallory.arrive();
    await using again = await door(server, 'again');
    await alice.call('post_message', { channel_id: id, body: 'canary-body' });
    await alice.call('dm_bot', { channel_id: id, bot_id: 'bot_Thrower_0', message: 'canary-private' });
    const { rejoin_token } = await again.call('join_channel', { invite_code: room.rejoinTokens[1] });
    const { invites } = await alice.call('update_channel', {
      channel_id: id,
      ops: [{ type: 'yield_slot', slot_id: 's3', to: 'invite' }],
    });
    const secrets = [
      ...room.invites,
      ...room.created.observer_invites,
      ...room.rejoinTokens,
      rejoin_token,
      invites[0].invite_code,
      ...[alice, bob, mallory].map(({ token }) => token),
    ];
    for (const secret of secrets) {
      await refusal(mallory.call('join_channel', { invite_code: `${secret}x`.slice(0, 64) }));
      await refusal(mallory.call('post_message', { channel_id: id, [secret]: secret }));
      for (const path of [
        `/${secret}`,
        `/x%3D${secret}`,
        `/x%2F${secret}?a=${secret}`,
        `/list_channels?limit=${secret}`,
      ]) {
        await (await fetch(server.url + path, { headers: bearer({ access_token: mallory.token }) })).text();
      }
      await fetch(`${server.url}/create_channel`, {
        method: 'POST',
        body: `{"${secret}`,
        headers: { 'user-agent': secret },
      });
    }
    await everythingRead(again, id);

    const log = server.log();
    expect(log).toContain('"path":"/list_channels"');
    expect(secrets.length).toBeGreaterThan(9);
    for (const secret of secrets) {
      expect(log.includes(secret)).toBe(false);
      expect(log.includes(secret.split('_').slice(1).join('_'))).toBe(false);
    }
    expect(log.match(/canary-[a-z]+/g)).toBeNull();
  },
);
