import { describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, openRoom, told } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';
import { contestOf } from './room.js';

const server = useServer();

/** Each message starts the clock of the other one, who loses by it; the clock fails in the way that was asked for. */
const CLOCK = `class Picker {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.setState({ number: this.ctx.random(6) }); this.ctx.post('bot', { type: 'ready' }); }
  onMessage({ body }) {
    this.ctx.setState({ how: body.text });
    this.ctx.setTimer('clock', 1);
  }
  onTimer() {
    const { how } = this.ctx.getState();
    if (how === 'throw') throw new Error('as ever');
    if (how === 'loop') for (;;);
    if (how === 'refused') this.ctx.post('bot', { type: 'round:end' });
    this.ctx.finish({ lost: 's2' });
  }
}`;

const say = (person: Person, channel_id: string, body: string) =>
  person.call('post_message', { channel_id, body, wait_ms: 0 });
const voidOf = (person: Person, id: string) => eventually(async () => (await told(person, id, 'round:void'))[0]);

describe.each(DOORS)('A timer hook of a contest that fails, over %s', (_, door) => {
  test.each([
    ['throw', 'BOT_THREW'],
    ['loop', 'TIMEOUT'],
    ['refused', 'BAD_EFFECT'],
  ])('because it would %s makes nobody lose: the round is void, and another one begins', async (how, code) => {
    await using room = await openRoom(server, door, contestOf(CLOCK));

    await say(room.bob, room.id, how);

    expect(await voidOf(room.alice, room.id)).toEqual({
      type: 'round:void',
      bot_id: 'bot_Picker_0',
      round: 1,
      cause: 'server',
      op: 'on_timer',
      reason: code,
    });
    await eventually(async () => (await told(room.alice, room.id, 'ready')).length === 2);
    expect(await told(room.alice, room.id, 'round:end')).toEqual([]);
    expect(await told(room.alice, room.id, 'round:commit')).toMatchObject([{ round: 2, restart: true }]);
    await say(room.alice, room.id, 'works');
    const end = await eventually(async () => (await told(room.alice, room.id, 'round:end'))[0]);
    expect(end).toMatchObject({ round: 2, result: { lost: 's2' } });
  });

  test('each time without moves in between does not restart the round again and again', async () => {
    const bot = CLOCK.replace('this.ctx.post', "this.ctx.setTimer('clock', 1); this.ctx.post").replace(
      'const { how } = this.ctx.getState();',
      "const how = 'throw';",
    );
    await using room = await openRoom(server, door, contestOf(bot));
    await say(room.bob, room.id, 'a move');

    await voidOf(room.alice, room.id);
    const failures = () => told(room.alice, room.id, 'bot:error');
    await eventually(async () => (await failures()).length > 1);

    expect(await told(room.alice, room.id, 'round:void')).toHaveLength(1);
  });

  test('outside a contest leaves the round as it is', async () => {
    const channel = contestOf(CLOCK);
    const bot_manifest = { ...channel.bot_manifest, binding: false };
    await using room = await openRoom(server, door, { ...channel, bot_manifest });

    await say(room.bob, room.id, 'throw');
    await eventually(async () => (await told(room.alice, room.id, 'bot:error'))[0]);

    expect(await told(room.alice, room.id, 'round:void')).toEqual([]);
  });
});
