import { describe, expect, test } from '@jest/globals';
import { receiptsOf, replayed } from '../stories/replay.js';
import { DOORS } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { storedChannel } from '../support/stored-log.js';
import { useServer } from '../support/use-server.js';

/** It asks for whatever ops a message names, says that it did, and remembers how often. */
const STEWARD = `class Steward {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    if (!body.ops) return;
    const { n = 0 } = this.ctx.getState();
    this.ctx.setState({ n: n + 1 });
    this.ctx.post('bot', { type: 'done' });
    this.ctx.updateChannel(body.ops);
  }
  onLeave(player) { this.ctx.post('bot', { type: 'gone', player }); }
}`;
const bot_id = 'bot_Steward_0';
const by = `bot:${bot_id}`;

const server = useServer();

const ask = async ({ alice, id }: Room, ...ops: object[]) => {
  const body = { type: 'please', ops };
  return (await alice.call('post_message', { channel_id: id, body, wait_ms: 20_000 })).replies;
};
const lookAt = ({ bob, id }: Room) => bob.call('get_channel_info', { channel_id: id });

describe.each(DOORS)('A bot that may change its channel, over %s', (_, door) => {
  test('is announced as such from the start, by a manifest or by its source', async () => {
    await using room = await openRoom(server, door, { bot_code: STEWARD });

    const { bots } = await lookAt(room);

    expect(bots).toMatchObject([{ may_update_channel: true, manifest: { permissions: { update_channel: true } } }]);
    expect(await told(room.bob, room.id, 'bot:manifest')).toMatchObject([
      { manifest_excerpt: { permissions: { update_channel: true } } },
    ]);
  });

  test('changes it in the same write as its other effects, and everyone sees that the bot did it', async () => {
    await using room = await openRoom(server, door, { bot_code: STEWARD });

    await ask(room, { type: 'rename', name: 'Renamed' }, { type: 'kick', slot_id: 's2' });

    // The hook that the kick fires comes after the one that kicked.
    const read = await eventually(async () => {
      const all = await everythingRead(room.alice, room.id);
      return all.at(-1).body.type === 'gone' && all;
    });
    const types = read.map(({ body }) => body.type);
    const since = types.lastIndexOf('please');
    expect(types.slice(since + 1)).toEqual(['done', 'rename_applied', 'member_left', 'kick_applied', 'gone']);
    expect(await told(room.alice, room.id, 'rename_applied')).toMatchObject([{ by, op: { name: 'Renamed' } }]);
    expect(await told(room.alice, room.id, 'kick_applied')).toMatchObject([{ by, op: { slot_id: 's2' } }]);
    const { view } = await room.alice.call('get_channel_info', { channel_id: room.id });
    expect([view.name, view.slots[2].filled_by]).toEqual(['Renamed', null]);
    expect(await refusal(lookAt(room))).toMatchObject({ code: 'NOT_MEMBER' });
  });

  test.each<[string, object[], string]>([
    ['an op that nobody knows', [{ type: 'destroy' }], 'BAD_OP'],
    ['an op that is invalid', [{ name: 'x' }], 'INVALID_REQUEST'],
    ['a slot that is not there', [{ type: 'kick', slot_id: 's9' }], 'SLOT_NOT_FOUND'],
    ['an invite that nobody would get', [{ type: 'new_invite', slot_id: 's1' }], 'BAD_OP'],
    ['secrets', [{ type: 'set_env_redacted', slot_id: 's0', keys: { KEY: 'long enough' } }], 'BAD_OP'],
    ['code of its own', [{ type: 'set_bot', slot_id: 's0', bot_def: { inline_code: STEWARD } }], 'BAD_OP'],
    [
      'code it has taken its right from',
      [{ type: 'set_admin', slot_id: 's0', admin: false }, { type: 'close' }],
      'NOT_ADMIN',
    ],
  ])('that asks for %s has no effect at all, and gets an error', async (_case, ops, code) => {
    await using room = await openRoom(server, door, { bot_code: STEWARD });

    const replies = await ask(room, { type: 'rename', name: 'Renamed' }, ...ops);

    expect(replies).toMatchObject([{ body: { type: 'bot:error', code: 'UPDATE_REFUSED', bot_id } }]);
    expect(replies[0].body.detail).toMatch(new RegExp(`^${code}: `));
    const { view, bots } = await lookAt(room);
    expect([view.name, view.slots[0].admin, bots[0].state_version]).toEqual(['Room', true, 0]);
    expect(await ask(room, { type: 'rename', name: 'Second try' })).toMatchObject([{ body: { type: 'done' } }]);
  });

  test('is refused after an admin has revoked its right', async () => {
    await using room = await openRoom(server, door, { bot_code: STEWARD });
    const { alice, id: channel_id } = room;

    await alice.call('update_channel', { channel_id, ops: [{ type: 'set_admin', slot_id: 's0', admin: false }] });

    expect((await lookAt(room)).bots).toMatchObject([{ may_update_channel: false }]);
    expect(await ask(room, { type: 'close' })).toMatchObject([{ body: { code: 'UPDATE_REFUSED' } }]);
    await alice.call('post_message', { channel_id, body: 'still open' });
  });

  test('is refused if its manifest does not declare the right', async () => {
    const bot_manifest = { name: 'Steward', permissions: { private_messages: true } };
    await using room = await openRoom(server, door, { bot_code: STEWARD, bot_manifest });

    expect(await ask(room, { type: 'rename', name: 'Renamed' })).toMatchObject([{ body: { code: 'BAD_EFFECT' } }]);
    expect((await lookAt(room)).view.name).toBe('Room');
  });

  test('may close it, leave it, or put a preset into its own slot', async () => {
    await using closing = await openRoom(server, door, { bot_code: STEWARD });
    await using leaving = await openRoom(server, door, { bot_code: STEWARD });
    await using handing = await openRoom(server, door, { bot_code: STEWARD });

    await ask(closing, { type: 'close' });
    await ask(leaving, { type: 'remove_bot', slot_id: 's0' });
    await ask(handing, { type: 'set_bot', slot_id: 's0', bot_def: { bot_preset: 'GuessBot' } });

    expect((await lookAt(closing)).view.closed_at).toBeDefined();
    expect(await told(closing.bob, closing.id, 'close_applied')).toMatchObject([{ by }]);
    expect((await lookAt(leaving)).bots).toEqual([]);
    expect((await lookAt(handing)).bots).toMatchObject([{ name: 'GuessBot' }]);
    expect(await told(handing.bob, handing.id, 'bot_changed')).toHaveLength(1);
    for (const room of [closing, leaving, handing]) {
      const { runs } = await room.bob.call('list_runs', { channel_id: room.id, bot_id });
      expect(runs).toMatchObject([{ outcome: 'ok' }]);
    }
  });

  test('cannot change it without limit', async () => {
    await using room = await openRoom(server, door, { bot_code: STEWARD });
    const names = Array.from({ length: 45 }, (_, i) => ({ type: 'rename', name: `Name ${i}` }));

    const answers = [await ask(room, ...names), await ask(room, ...names), await ask(room, ...names)];

    // What is refused is the next hook, before it runs, and never one for what it wants.
    const types = answers.map((each) => each.map(({ body }: { body: { type: string } }) => body.type));
    expect(types.slice(0, 2).flat()).not.toContain('bot:error');
    expect(answers[2]).toMatchObject([{ body: { code: 'OUTPUT_LIMIT' } }]);
  });

  test('can be replayed from the stored data: the receipt contains the requested change', async () => {
    await using room = await openRoom(server, door, { bot_code: STEWARD });
    const ops = [{ type: 'rename', name: 'Renamed' }];

    await ask(room, ...ops);
    await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'remove_bot', slot_id: 's0' }] });

    const channel = storedChannel(server.dataDir, room.id);
    expect(receiptsOf(channel)).toMatchObject([{ channel_ops: ops, outcome: 'ok' }]);
    const { receipt } = await room.bob.call('get_run', { channel_id: room.id, bot_id, run: 1 });
    expect(receipt.opening.body).toMatchObject({ channel_ops: ops });
    expect(await replayed(channel)).toMatchObject([{ channel_ops: ops, posts: [{ body: { type: 'done' } }] }]);
  });
});
