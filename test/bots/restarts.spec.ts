import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundleHashOf, type Program } from '../../bot-sdk/bundle-hash.js';
import { DOORS } from '../support/doors.js';
import { eventually, openRoom, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';

const [, restDoor] = DOORS[0] ?? [];
const ECHO = `class Echo { constructor(ctx) { this.ctx = ctx; } onMessage({ body }) { this.ctx.post('bot', { echo: body }); } }`;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => server[Symbol.asyncDispose]());

test('A bot continues with a newer kit of the server, and the channel is informed', async () => {
  await using room = await openRoom(server, restDoor!, { bot_code: ECHO });
  const [attach] = await told(room.bob, room.id, 'bot:attach');

  await server.stop();
  const old = { kit: `sha256:${'0'.repeat(64)}`, engine: 'quickjs@0.1.0' };
  const before = stored(
    server.dataDir,
    (database) => {
      const { executed, language } = database
        .prepare('SELECT * FROM attachment WHERE channel_id = ?')
        .get(room.id) as Program;
      const hash = bundleHashOf({ executed, language, className: 'Echo', bundled: {} }, old);
      database
        .prepare('UPDATE attachment SET bundle_hash = ?, kit_hash = ?, engine = ? WHERE channel_id = ?')
        .run(hash, old.kit, old.engine, room.id);
      return hash;
    },
    false,
  );
  await server.start();
  const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'hi' });

  expect(replies).toMatchObject([{ body: { echo: { text: 'hi' } } }]);
  const { code_hash, bundle_hash } = attach;
  expect(await told(room.bob, room.id, 'bot:runtime')).toMatchObject([
    { code_hash, bundle_hash, old_bundle_hash: before },
  ]);
  const { bundle_hash: shown } = await room.bob.call('get_bot_code', { channel_id: room.id, bot_id: attach.bot_id });
  expect(shown).toBe(bundle_hash);
});

test('A bot whose stored code was changed does not run', async () => {
  await using room = await openRoom(server, restDoor!, { bot_code: ECHO });

  for (const column of ['executed', 'source']) {
    const table = column === 'source' ? 'bot_code' : 'attachment';
    await server.stop();
    stored(
      server.dataDir,
      (database) => database.prepare(`UPDATE ${table} SET ${column} = ${column} || ' '`).run(),
      false,
    );
    await server.start();
    const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'hi' });
    expect(replies).toMatchObject([{ body: { type: 'bot:error', code: 'CODE_CHANGED' } }]);
  }
});

test('A bot whose timer sets a new timer each time is stopped in the end', async () => {
  const bot_code = `class Clock {
    constructor(ctx) { this.ctx = ctx; }
    onMessage() { this.ctx.setTimer('tick', 1); }
    onTimer() { this.ctx.setTimer('tick', 1); this.ctx.post('bot', { type: 'tick' }); }
  }`;
  await using room = await openRoom(server, restDoor!, { bot_code });
  await room.alice.call('post_message', { channel_id: room.id, body: 'go' });
  await eventually(async () => (await told(room.bob, room.id, 'tick')).length > 0);

  await server.stop();
  stored(
    server.dataDir,
    (database) => database.prepare('UPDATE attachment SET unattended = 1000 WHERE channel_id = ?').run(room.id),
    false,
  );
  await server.start();
  const [error] = await eventually(async () => {
    const errors = await told(room.bob, room.id, 'bot:error');
    return errors.length > 0 && errors;
  });

  expect(error).toMatchObject({ code: 'BAD_EFFECT' });
  const ticks = (await told(room.bob, room.id, 'tick')).length;
  await room.alice.call('post_message', { channel_id: room.id, body: 'again' });
  await eventually(async () => (await told(room.bob, room.id, 'tick')).length > ticks);
});
