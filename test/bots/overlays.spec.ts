import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const REFEREE = `export default class Referee {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    this.ctx.post('control', { type: 'turn', of: body.text });
    this.ctx.post('bot', { type: 'chat', of: body.text });
    if (body.text === 'quietly') this.ctx.dm('s1', 'private', { type: 'turn', of: 'a whisper' });
  }
}`;
const OVERLAY = `export default class Overlay {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() {}
  onEvent({ sender, kind, body, id }) {
    const { n = 0 } = this.ctx.getState();
    this.ctx.setState({ n: n + 1 });
    this.ctx.post('control', { type: 'turn', heard: [sender, kind, body.type, body.of], id, n });
  }
}`;
/** Answers whatever another bot says, and as often as it is told to. */
const PARROT = (name: string, times = 1) => `export default class ${name} {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() { this.ctx.post('bot', { type: 'first' }); }
  onEvent({ id }) { for (let i = 0; i < ${times}; i++) this.ctx.post('bot', { type: 'echo', to: id }); }
}`;

const withBots = (...bots: object[]) => ({
  slots: ['invite:a', 'invite:b', ...bots.map((_, i) => `bot:b${i}`)],
  bots,
});
const overlayed = (hears: object[] | undefined) =>
  withBots(
    { inline_code: REFEREE },
    { inline_code: OVERLAY, ...(hears && { manifest: { name: 'Overlay', hears, emits: ['turn'] } }) },
  );
const heard = async ({ bob, id }: Room, count: number) =>
  eventually(async () => {
    const turns = (await told(bob, id, 'turn')).filter((body) => body.heard);
    return turns.length >= count && turns.map((body) => body.heard.slice(1));
  });
const say = ({ alice, id }: Room, body: string) => alice.call('post_message', { channel_id: id, body });

describe.each(DOORS)('A bot that listens to other bots, over %s', (_, door) => {
  test('receives the posts it declared, but not its own or private ones', async () => {
    await using room = await openRoom(server, door, overlayed([{ kind: 'control', type: 'turn' }]));

    await say(room, 'first');
    await say(room, 'quietly');
    await say(room, 'last');

    expect(await heard(room, 3)).toEqual([
      ['control', 'turn', 'first'],
      ['control', 'turn', 'quietly'],
      ['control', 'turn', 'last'],
    ]);
    const turns = (await told(room.bob, room.id, 'turn')).filter((body) => body.heard);
    expect(turns.map(({ n }) => n)).toEqual([0, 1, 2]);
    const { runs } = await room.bob.call('list_runs', { channel_id: room.id, bot_id: 'bot_Overlay_1' });
    expect(runs.map(({ hook }: { hook: string }) => hook).sort()).toEqual([
      ...Array(3).fill('on_event'),
      ...Array(3).fill('on_message'),
    ]);
  });

  test('shows in its manifest what it receives; by default all posts of other bots', async () => {
    await using room = await openRoom(server, door, overlayed(undefined));

    await say(room, 'hello');

    expect(await heard(room, 2)).toEqual([
      ['control', 'turn', 'hello'],
      ['bot', 'chat', 'hello'],
    ]);
    const [, overlay] = (await room.bob.call('who', { channel_id: room.id })).bots;
    expect(overlay.manifest.hears).toEqual([{}]);
  });

  test.each([
    ['without the hook', { inline_code: REFEREE, manifest: { name: 'R', hears: [{}] } }, 'hears needs a class'],
    ['of nothing', { inline_code: OVERLAY, manifest: { name: 'O', hears: [] } }, 'hears is empty'],
    ['of a member', { inline_code: OVERLAY, manifest: { name: 'O', hears: [{ kind: 'user' }] } }, 'hears[0].kind'],
    ['of a sender', { inline_code: OVERLAY, manifest: { name: 'O', hears: [{ from: 's1' }] } }, 'hears[0].from'],
  ])('cannot declare %s', async (_case, bot, detail) => {
    await using alice = await door(server, 'alice');

    const problem = await refusal(
      alice.call('create_channel', { name: 'x', slots: ['bot:a', 'invite:b'], bots: [bot] }),
    );

    expect(problem).toMatchObject({ code: 'BOT_INVALID', detail: expect.stringContaining(detail) });
  });

  test('is stopped in an endless chain of answers between bots, and still receives messages of members', async () => {
    const bots = ['Ping', 'Pong'].map((name) => ({ inline_code: PARROT(name) }));
    await using room = await openRoom(server, door, withBots(...bots));

    await say(room, 'go');
    const errors = await eventually(async () => {
      const errors = await told(room.bob, room.id, 'bot:error');
      return errors.length >= 2 && errors;
    });

    expect(errors.map(({ code, hook }) => [code, hook])).toEqual(Array(2).fill(['LOOP_GUARD', 'on_event']));
    // Each begins one chain, and each chain has eight answers.
    expect(await told(room.bob, room.id, 'echo')).toHaveLength(16);
    const { replies } = await say(room, 'again');
    expect(replies.map(({ body }: { body: object }) => body)).toMatchObject([{ type: 'first' }, { type: 'first' }]);
  });

  test('is stopped if each answer has several answers', async () => {
    const bots = ['A', 'B', 'C', 'D'].map((name) => ({ inline_code: PARROT(name, 3) }));
    await using room = await openRoom(server, door, withBots(...bots));

    await say(room, 'go');
    await eventually(async () => (await told(room.bob, room.id, 'bot:error')).length >= 8);
    const before = await everythingRead(room.bob, room.id);
    await say(room, 'still there?');

    const echoes = before.filter(({ body }) => body.type === 'echo');
    // 64 runs, and a few that had begun when the limit was reached; the four first answers are among them.
    expect(echoes.length).toBeGreaterThan(100);
    expect(echoes.length).toBeLessThan(3 * 72);
    expect(await told(room.bob, room.id, 'first')).toHaveLength(8);
  });

  test('can be SpellBot together with GuessBot', async () => {
    await using room = await openRoom(
      server,
      door,
      // Nobody guesses one of so many by accident.
      withBots(
        { bot_preset: 'GuessBot', params: { range: [1, 1_000_000_000] } },
        { bot_preset: 'SpellBot', params: { ttl_turns: 1 } },
      ),
    );
    const { id, alice, bob } = room;

    await say(room, 'cast reverse s1 wonder');
    await say(room, '1');
    await bob.call('post_message', { channel_id: id, body: '2' });
    const broken = await eventually(async () => (await told(alice, id, 'constraint:broken'))[0]);

    expect(broken).toMatchObject({ target: 's1', constraint: 'reverse', word: 'wonder', by: 's0' });
    expect(await told(bob, id, 'judge')).toHaveLength(2);
    expect(await told(bob, id, 'bot:error')).toEqual([]);
  });

  test('continues after a power cut and receives nothing twice', async () => {
    await using room = await openRoom(server, door, overlayed([{ kind: 'control' }]));
    await say(room, 'one');
    await room.alice.call('post_message', { channel_id: room.id, body: 'two', wait_ms: 0 });
    await room.alice.call('post_message', { channel_id: room.id, body: 'three', wait_ms: 0 });

    await server.crashAndRestart();

    expect(await heard(room, 3)).toEqual(['one', 'two', 'three'].map((of) => ['control', 'turn', of]));
    await say(room, 'four');
    expect(await heard(room, 4)).toHaveLength(4);
  });
});
