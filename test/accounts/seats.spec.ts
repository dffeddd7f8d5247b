import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { grant, signInAs, WITH_ACCOUNTS } from '../support/accounts.js';
import { DOORS } from '../support/doors.js';
import { told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
});
afterAll(async () => await server[Symbol.asyncDispose]());

describe.each(DOORS)('In accounts mode, over %s, a stolen rejoin token', (_, door) => {
  test('gives another account no seat, no channel and no private messages of its owner', async () => {
    const [owner, thief] = [await signInAs(server, 'member'), await signInAs(server, 'member')];
    await using alice = await door(server, owner.name, owner.token);
    await using mallory = await door(server, thief.name, thief.token);
    const { channel_id, invites } = await alice.call('create_channel', { name: 'Room', slots: ['invite:a'] });
    const { rejoin_token } = await alice.call('join_channel', { invite_code: invites[0] });

    const stolen = mallory.call('join_channel', { invite_code: rejoin_token });

    await expect(stolen).rejects.toMatchObject({ code: 'REJOIN_TOKEN_INVALID' });
    await expect(mallory.call('who', { channel_id })).rejects.toMatchObject({ code: 'NOT_MEMBER' });
    // It still is the owner's.
    await alice.call('join_channel', { invite_code: rejoin_token });
  });

  test('used by its owner’s other session is announced: another session of the same account uses the seat', async () => {
    const owner = await signInAs(server, 'member');
    await using alice = await door(server, owner.name, owner.token);
    await using elsewhere = await door(
      server,
      owner.name,
      (await grant(server, owner.browser, ['channels'])).access_token,
    );
    const { channel_id, invites } = await alice.call('create_channel', { name: 'Room', slots: ['invite:a'] });
    const { rejoin_token } = await alice.call('join_channel', { invite_code: invites[0] });

    await elsewhere.call('join_channel', { invite_code: rejoin_token });

    const said = await told(elsewhere, channel_id, 'member_rejoined');
    expect(said).toEqual([{ type: 'member_rejoined', slot_id: 's0', used_by: 'another_session' }]);
  });
});
