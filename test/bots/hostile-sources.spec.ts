import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { everythingRead, openRoom, refusal } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const [, restDoor] = DOORS[0] ?? [];
const healthy = async () => (await fetch(`${server.url}/health_check`)).ok;

describe('A source that is very slow to parse', () => {
  const bot = 'class X { onMessage() {} }';
  test.each([
    ['exponential in its type arguments', `x = ${'<T>('.repeat(60)}a${')'.repeat(60)};\n${bot}`],
    ['quadratic in its declarations', `let ${Array.from({ length: 36_000 }, (_, i) => `a${i}`).join()};\n${bot}`],
  ])('%s delays no other call', async (_, bot_code) => {
    await using room = await openRoom(server, restDoor!, {});
    const attached = room.alice
      .call('create_channel', { name: 'Slow', slots: ['bot:x'], bot_code })
      .catch((error) => error);

    let answered = 0;
    const done = attached.then(() => true);
    while (!(await Promise.race([done, healthy().then(() => ++answered && false)])))
      await room.bob.call('list_presets');

    expect(answered).toBeGreaterThan(0);
    const outcome = await attached;
    if (outcome.code) expect(outcome.code).toBe('BOT_INVALID');
    expect(
      (await room.alice.call('create_channel', { name: 'Next', slots: ['bot:x'], bot_code: bot })).invites,
    ).toEqual([]);
  });
});

test('The class that was chosen when the bot was attached is the one that runs', async () => {
  const inline_code = `class A { constructor(ctx) { this.ctx = ctx; } onMessage() { this.ctx.post('bot', { text: 'A' }); } }
    class MyBot { constructor(ctx) { this.ctx = ctx; } onInit() {} }`;
  await using room = await openRoom(server, restDoor!, { bots: [{ inline_code, name: 'My Bot' }] });

  const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'hi' });

  expect(replies.map(({ body }: { body: { text: string } }) => body.text)).toEqual(['A']);
});

test('Unknown fields of an op are refused and do not reach the log', async () => {
  await using room = await openRoom(server, restDoor!, {});
  const bot_def = { x: 'A'.repeat(100_000) };

  const ops = [{ type: 'set_admin', slot_id: 's1', admin: true, bot_def }];
  const refused = await refusal(room.alice.call('update_channel', { channel_id: room.id, ops }));

  expect(refused).toMatchObject({ code: 'INVALID_REQUEST' });
  expect(JSON.stringify([refused, await everythingRead(room.bob, room.id)])).not.toContain('AAAA');
});

test('Types that look like reserved types are refused like them', async () => {
  await using room = await openRoom(server, restDoor!, {});
  for (const type of ['bot:attach', 'bot:Attach', '\u200bbot:attach', 'member_joined ', 'ｒound:reveal']) {
    const post = room.alice.call('post_message', { channel_id: room.id, body: { type } });
    expect(await refusal(post)).toMatchObject({ code: 'INVALID_REQUEST' });
  }
});
