import { expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { startServer } from '../support/server.js';

test.each(DOORS)(
  'A call that fails because of the caller is not logged as an error of the server, over %s',
  async (_case, door) => {
    await using server = await startServer();
    await using alice = await door(server, 'alice');
    const bots = [{ name: 'Snake', inline_code: 'class Bot:\n    def on_init(self): pass', language: 'python' }];

    const refused = alice.call('create_channel', { name: 'Room', slots: ['bot:b', 'invite:a'], bots });

    await expect(refused).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
    expect(server.log()).not.toContain('"level":50');
  },
);
