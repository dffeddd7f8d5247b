import { DOORS } from './doors.js';
import { openRoom } from './rooms.js';
import { startServer } from './server.js';

const BOT = `class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { this.ctx.post('bot', { heard: body.text }); }
}`;

/** A short life of a server from a file: what most tests make one do, over both doors, until it is asked to stop. */
export async function useOnce(main: string) {
  await using server = await startServer({}, main);
  for (const [, door] of DOORS) {
    await using room = await openRoom(server, door, { bot_code: BOT });
    await room.bob.call('post_message', { channel_id: room.id, body: 'hello', wait_ms: 30_000 });
    await room.alice.call('sync_messages', { channel_id: room.id });
    await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'close' }] });
  }
  await server.stop();
}
