import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, told } from '../support/rooms.js';
import { stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const say = ({ alice, id }: Room, body: unknown) =>
  alice.call('post_message', { channel_id: id, body, wait_ms: 20_000 });
const bodies = ({ replies }: { replies: { body: Record<string, unknown> }[] }) => replies.map(({ body }) => body);

describe.each(DOORS)('An inline bot, over %s', (_, door) => {
  test('keeps only its saved state: every hook gets a new instance', async () => {
    await using room = await openRoom(server, door, {
      bot_code: `let seen = 0;
        export default class Memory {
          mine = 0;
          constructor(ctx) { this.ctx = ctx; }
          onMessage() {
            const { n = 0 } = this.ctx.getState();
            this.ctx.setState({ n: n + 1 });
            this.ctx.post('bot', { type: 'count', n: n + 1, mine: ++this.mine, seen: ++seen, leak: (globalThis.leak = (globalThis.leak ?? 0) + 1) });
          }
        }`,
    });
    for (let i = 0; i < 3; i++) await say(room, 'count');

    const counts = await told(room.bob, room.id, 'count');
    expect(counts.map(({ n, mine, seen, leak }) => [n, mine, seen, leak])).toEqual([
      [1, 1, 1, 1],
      [2, 1, 1, 1],
      [3, 1, 1, 1],
    ]);
    expect(counts.map(({ state_version }) => state_version)).toEqual([1, 2, 3]);
    expect((await room.bob.call('who', { channel_id: room.id })).bots[0].state_version).toBe(3);
  });

  test('sees the time of the event and the randomness of its run, and nothing of the machine', async () => {
    await using room = await openRoom(server, door, {
      bot_code: `export default class Clock {
          constructor(ctx) { this.ctx = ctx; }
          onMessage(msg) {
            const { now, env, players } = this.ctx;
            this.ctx.post('bot', { type: 'time', now: new Date(Date.now()).toISOString(), ctx: now, ts: msg.ts,
              chance: [Math.random(), this.ctx.random(1000)], sender: msg.sender, players, env: Object.keys(env),
              host: [typeof process, typeof require, typeof Buffer, typeof globalThis.parley] });
          }
        }`,
    });
    const first = await say(room, 'x');
    const [one, two] = [...bodies(first), ...bodies(await say(room, 'y'))] as [Room['created'], Room['created']];

    expect([one.now, one.ctx, one.ts]).toEqual([first.ts, first.ts, first.ts]);
    expect(one.chance).not.toEqual(two.chance);
    expect(one.chance[1]).toBeLessThan(1000);
    expect(one.sender).toBe('s1');
    expect(one.players).toEqual([
      { seat: 's1', label: 'alice', name: 'alice' },
      { seat: 's2', label: 'bob', name: 'bob' },
    ]);
    expect(one.env).toEqual([]);
    expect(one.host).toEqual(Array(4).fill('undefined'));
  });

  test('may be written in TypeScript', async () => {
    const bot_code = `interface Msg { readonly body: { text?: string } }
      type Ctx = { post(kind: string, body: object): void };
      export default class Typed {
        private readonly ctx: Ctx;
        constructor(ctx: Ctx) { this.ctx = ctx; }
        onMessage({ body }: Msg): void { this.ctx.post('bot', { type: 'typed', text: body.text ?? ('' as string) }); }
      }`;
    await using room = await openRoom(server, door, { bot_code, bot_language: 'typescript' });

    expect(bodies(await say(room, 'types'))).toMatchObject([{ type: 'typed', text: 'types' }]);
    const source = await room.bob.call('get_bot_code', { channel_id: room.id, bot_id: 'bot_Typed_0' });
    expect(source).toMatchObject({ language: 'typescript', inline_code: bot_code });
    expect(source.code_hash).toBe(`sha256:${createHash('sha256').update(bot_code).digest('hex')}`);
    expect((await told(room.bob, room.id, 'bot:attach'))[0].code_hash).toBe(source.code_hash);
  });

  test('may use the method names of the first server', async () => {
    await using room = await openRoom(server, door, {
      bot_code: `class Seed {
          constructor(ctx, params) { this.ctx = ctx; this.params = params; }
          on_init() { this.ctx.set_state({ joined: [] }); }
          on_join(player) { const { joined } = this.ctx.get_state(); this.ctx.set_state({ joined: [...joined, player] }, this.ctx.state_version); }
          on_message(msg) { this.ctx.post('bot', { type: 'joined', joined: this.ctx.get_state().joined, greeting: this.params.greeting, where: [this.ctx.channel_id === msg.channel_id, this.ctx.bot_id] }); }
          on_private_message(player, msg) { this.ctx.dm(player, 'private', { type: 'dm', said: msg.body.text, text: msg.text }); }
        }`,
      bot_params: { greeting: 'hi' },
    });

    expect(bodies(await say(room, 'who joined?'))).toMatchObject([
      { joined: ['s1', 's2'], greeting: 'hi', where: [true, 'bot_Seed_0'] },
    ]);
    const dm = await room.bob.call('dm_bot', { channel_id: room.id, bot_id: 'bot_Seed_0', message: 'psst' });
    expect(dm.replies).toMatchObject([
      { kind: 'private', to_slot: 's2', body: { type: 'dm', said: 'psst', text: 'psst' } },
    ]);
    const { bots } = await room.bob.call('who', { channel_id: room.id });
    expect(bots[0].manifest.hooks).toEqual(['on_init', 'on_join', 'on_message', 'on_private_message']);
  });

  test('does not receive posts of other bots, so that two bots cannot answer each other endlessly', async () => {
    const parrot = (name: string) =>
      `class ${name} { constructor(ctx) { this.ctx = ctx; } onMessage() { this.ctx.post('bot', { type: 'parrot', name: '${name}' }); } }`;
    await using room = await openRoom(server, door, {
      slots: ['bot:a', 'bot:b', 'invite:alice', 'invite:bob'],
      bots: [{ bot_code: parrot('Left') }, { bot_code: parrot('Right') }],
    });

    const replies = bodies(await say(room, 'hello'));

    expect(replies.map(({ name }) => name).sort()).toEqual(['Left', 'Right']);
    await say(room, 'again');
    expect(await told(room.bob, room.id, 'parrot')).toHaveLength(4);
  });
});

describe.each(DOORS)('A timer, over %s', (_, door) => {
  test('fires once if it was replaced, never if it was cleared, and its entries look like any hidden entry', async () => {
    await using room = await openRoom(server, door, {
      bot_code: `export default class Timers {
          constructor(ctx) { this.ctx = ctx; }
          onInit() { const { ctx } = this; ctx.setTimer('once', 1); ctx.setTimer('gone', 3600); ctx.setTimer('soon', 3600); }
          onMessage() { const { ctx } = this; ctx.setTimer('soon', 1.2); ctx.clearTimer('gone'); }
          onTimer(name) { this.ctx.post('bot', { type: 'fired', name }); }
        }`,
    });
    await say(room, 'change them');

    await eventually(async () => (await told(room.bob, room.id, 'fired')).length >= 2);

    const fired = (await told(room.bob, room.id, 'fired')).map(({ name }) => name);
    expect(fired.sort()).toEqual(['once', 'soon']);
    expect(timersOf(room.id)).toEqual([]);
    expect((await everythingRead(room.bob, room.id)).some(({ kind }) => kind === 'timer')).toBe(false);
  });
});

/** What is still to fire in a channel. */
const timersOf = (channelId: string) =>
  stored(server.dataDir, (database) =>
    database.prepare('SELECT name FROM bot_timer WHERE channel_id = ?').all(channelId),
  );

describe.each(DOORS)('A round, over %s', (_, door) => {
  test('commits to the next seed before it reveals its own, and then its receipts can be opened', async () => {
    await using room = await openRoom(server, door, {
      bot_code: `export default class Dice {
          constructor(ctx) { this.ctx = ctx; }
          onMessage({ body }) {
            this.ctx.post('bot', { type: 'roll', eyes: 1 + this.ctx.random(6) });
            if (body.text === 'last') this.ctx.finish({ winner: 's1', scores: { s1: 1 } });
          }
          onPrivateMessage(player) { this.ctx.post('private', { type: 'peek' }, { to: player }); }
        }`,
    });
    const { id, bob, alice } = room;
    const bot_id = 'bot_Dice_0';
    await say(room, 'first');
    await alice.call('dm_bot', { channel_id: id, bot_id, message: 'psst' });
    const during = (await bob.call('list_runs', { channel_id: id, bot_id })).runs;

    await say(room, 'last');

    const all = await everythingRead(bob, id);
    const at = (type: string, round: number) => all.find(({ body }) => body.type === type && body.round === round);
    const [end, commit, reveal] = [at('round:end', 1), at('round:commit', 2), at('round:reveal', 1)];
    expect(end.body).toMatchObject({ result: { winner: 's1', scores: { s1: 1 } }, bot_id });
    expect([end.kind, commit.kind, reveal.kind]).toEqual(['system', 'system', 'system']);
    expect(end.id).toBeLessThan(commit.id);
    expect(commit.id).toBeLessThan(reveal.id);
    const [attached] = await told(bob, id, 'bot:attach');
    expect(reveal.body.seed_commit).toBe(attached.seed_commit);
    expect(commitOf(reveal.body.seed)).toBe(attached.seed_commit);
    expect(at('round:reveal', 2)).toBeUndefined();

    const after = (await bob.call('list_runs', { channel_id: id, bot_id })).runs;
    expect(during.map(({ hook, receipt }: Room['created']) => [hook, receipt])).toEqual([['on_message', undefined]]);
    expect(after.map(({ hook }: Room['created']) => hook)).toEqual(['on_message', 'on_private_message', 'on_message']);
    for (const { run, receipt, event_seq } of after) {
      expect(receipt.opening).toMatchObject({ kind: 'receipt', body: { run, bot_id, round: 1, event_seq } });
      expect(receipt.salt).toMatch(/^[0-9a-f]{64}$/);
    }
    const [first] = after;
    const rolled = all.find(({ body }) => body.type === 'roll');
    expect(first.receipt.opening.body.outputs).toEqual([rolled.id]);
    await say(room, 'next round');
    const { runs } = await bob.call('list_runs', { channel_id: id, bot_id, after: 3 });
    expect(runs).toMatchObject([{ run: 4, round: 2 }]);
    expect(runs[0].receipt).toBeUndefined();
  });

  test('lists every run that the caller may read, also behind many that the caller may not read', async () => {
    await using room = await openRoom(server, door, {
      bot_code: 'class Deaf { onPrivateMessage() {} onMessage() {} }',
    });
    const { id, alice, bob } = room;
    const bot_id = 'bot_Deaf_0';
    for (let i = 0; i < 4; i++) await alice.call('dm_bot', { channel_id: id, bot_id, message: 'psst' });
    await say(room, 'hello');

    const { runs, has_more } = await bob.call('list_runs', { channel_id: id, bot_id, limit: 2 });

    expect(runs.map(({ run }: Room['created']) => run)).toEqual([5]);
    expect(has_more).toBe(false);
  });
});

const commitOf = (seed: string) =>
  `sha256:${createHash('sha256').update('parley-seed-v1').update(Buffer.from(seed, 'hex')).digest('hex')}`;
