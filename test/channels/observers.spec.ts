import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { storedChannel } from '../support/stored-log.js';
import { useServer } from '../support/use-server.js';

const WATCHED = `export default class Watched {
  constructor(ctx) { this.ctx = ctx; }
  onInit() {}
  onJoin(player) { this.ctx.post('bot', { type: 'came', player }); }
  onLeave(player) { this.ctx.post('bot', { type: 'went', player }); }
  onMessage({ body }) {
    if (body.text === 'write to the gallery') this.ctx.dm('s3', 'private', { text: 'psst' });
    this.ctx.post('bot', { type: 'roll', seats: this.ctx.players.map((player) => player.seat) });
  }
}`;
const SLOTS = ['bot:b', 'invite:a', 'invite:b', 'observe:gallery', 'invite:late'];

const server = useServer();

const open = (door: Parameters<typeof openRoom>[1], more: object = {}) =>
  openRoom(server, door, { slots: SLOTS, bot_code: WATCHED, ...more });
const watch = ({ mallory, created }: Room, more: object = {}) =>
  mallory.call('join_channel', { invite_code: created.observer_invites[0], ...more });
const roll = async ({ alice, id }: Room) =>
  (await alice.call('post_message', { channel_id: id, body: 'who plays?' })).replies[0].body.seats;

describe.each(DOORS)('An observer, over %s', (_, door) => {
  test('joins during a game and reads public messages, the code and the runs', async () => {
    await using room = await open(door);
    const { id, alice, mallory: carol } = room;
    await roll(room);

    const seat = await watch(room);

    expect(seat).toMatchObject({ slot_id: 's3', view: { channel_id: id } });
    const [view] = (await alice.call('who', { channel_id: id })).view.slots.slice(3);
    expect(view).toMatchObject({ kind: 'observe', role: 'observer', filled_by: 'member:s3', name: 'mallory' });
    expect(await everythingRead(carol, id)).toEqual(await everythingRead(alice, id));
    const { messages } = await carol.call('sync_messages', { channel_id: id, cursor: 0, timeout_ms: 0 });
    expect(messages).toEqual(await everythingRead(alice, id));
    const code = await carol.call('get_bot_code', { channel_id: id, bot_id: 'bot_Watched_0' });
    expect(code.inline_code).toBe(WATCHED);
    expect((await carol.call('list_runs', { channel_id: id, bot_id: 'bot_Watched_0' })).runs).toHaveLength(4);
    const { channels } = await carol.call('list_channels', { limit: 200 });
    expect(channels.map(({ channel_id }: { channel_id: string }) => channel_id)).toContain(id);
  });

  test('is not a player for the bot when joining or leaving', async () => {
    await using room = await open(door);
    const { id, alice, mallory: carol } = room;
    await watch(room);

    const seats = await roll(room);
    await carol.call('leave_channel', { channel_id: id });

    expect(seats).toEqual(['s1', 's2']);
    expect((await told(alice, id, 'came')).map(({ player }) => player)).toEqual(['s1', 's2']);
    expect(await told(alice, id, 'went')).toEqual([]);
    expect((await told(alice, id, 'member_left')).at(-1)).toMatchObject({ slot_id: 's3', role: 'observer' });
    expect((await refusal(carol.call('who', { channel_id: id }))).code).toBe('NOT_MEMBER');
  });

  test('cannot act', async () => {
    await using room = await open(door);
    const { id, alice, mallory: carol } = room;
    await watch(room);
    const before = await everythingRead(alice, id);

    for (const [operation, more, code] of [
      ['post_message', { body: 'x' }, 'OBSERVER'],
      ['post_message', { body: 'x', seat: 's3' }, 'OBSERVER'],
      ['post_message', { body: 'x', seat: 's1' }, 'NOT_MEMBER'],
      ['post_message', { body: 'x', to: 's1' }, 'OBSERVER'],
      ['post_message', { body: 'x', to: 'bot_Watched_0', sealed: true }, 'OBSERVER'],
      ['make_game_move', { game: 'g', action: 'a' }, 'OBSERVER'],
      ['dm_bot', { bot_id: 'bot_Watched_0', message: 'x' }, 'OBSERVER'],
      ['attach_bot', { inline_code: WATCHED }, 'NOT_ADMIN'],
      ['update_channel', { ops: [{ type: 'rename', name: 'Mine' }] }, 'NOT_ADMIN'],
      ['leave_channel', { seat: 's1' }, 'NOT_MEMBER'],
    ] as const) {
      expect([operation, (await refusal(carol.call(operation, { channel_id: id, ...more }))).code]).toEqual([
        operation,
        code,
      ]);
    }
    const admin = alice.call('update_channel', { channel_id: id, ops: [{ type: 'set_admin', slot_id: 's3' }] });

    expect((await refusal(admin)).code).toBe('INVALID_REQUEST');
    expect(await everythingRead(alice, id)).toEqual(before);
  });

  test('adds nothing to the randomness', async () => {
    await using room = await open(door);

    const problem = await refusal(watch(room, { entropy: 'mine' }));
    await watch(room);

    expect(problem.code).toBe('OBSERVER');
    expect(JSON.stringify(await everythingRead(room.alice, room.id))).not.toContain('mine');
  });

  test('cannot read private messages of members or of the bot', async () => {
    await using room = await open(door);
    const { id, alice, mallory: carol } = room;
    await watch(room);
    const post = (more: object) => alice.call('post_message', { channel_id: id, ...more });

    const toHer = await refusal(post({ body: 'x', to: 's3' }));
    await post({ body: 'between us', to: 's2', wait_ms: 0 });
    await post({ body: 'write to the gallery' });

    expect(toHer).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining('observer') });
    expect(JSON.stringify(await everythingRead(carol, id))).not.toContain('between us');
    expect((await told(carol, id, 'bot:error')).map(({ code }) => code)).toEqual(['BAD_EFFECT']);
    const kinds = storedChannel(server.dataDir, id).entries.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'private')).toHaveLength(1);
  });

  test('becomes a player with an invite, with one seat, and can then post', async () => {
    await using room = await open(door);
    const { id, alice, mallory: carol, invites } = room;
    await watch(room);

    const seat = await carol.call('join_channel', { invite_code: invites[2], entropy: 'now I may' });
    await carol.call('post_message', { channel_id: id, body: 'hello', wait_ms: 0 });

    expect(seat.slot_id).toBe('s4');
    expect(await roll(room)).toEqual(['s1', 's2', 's4']);
    const [gallery] = (await alice.call('who', { channel_id: id })).view.slots.slice(3);
    expect(gallery).toMatchObject({ occupied: false, name: null });
    expect((await told(alice, id, 'member_left')).at(-1)).toMatchObject({ slot_id: 's3', reason: 'plays' });
  });

  test('an account that plays may also observe, even in a contest', async () => {
    await using room = await openRoom(server, door, { slots: SLOTS, distinct_members: true });
    const { bob, created, invites, id } = room;

    await bob.call('join_channel', { invite_code: created.observer_invites[0] });

    const second = await refusal(bob.call('join_channel', { invite_code: invites[2] }));
    expect(second.code).toBe('DISTINCT_MEMBERS_REQUIRED');
    await bob.call('post_message', { channel_id: id, seat: 's2', body: 'hello', wait_ms: 0 });
  });
});
