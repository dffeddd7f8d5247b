import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, everythingRead, openRoom, refusal, told } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const COUNTER = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.setTimer('tick', 1); }
  onTimer() { this.ctx.post('bot', { type: 'tick' }); this.ctx.setTimer('tick', 1); }
  onMessage() { this.ctx.post('bot', { type: 'heard', seats: this.ctx.players.map((player) => player.seat) }); }
}`;

const server = useServer();

const update = (person: Person, channel_id: string, ...ops: object[]) =>
  person.call('update_channel', { channel_id, ops });
const slotOf = (view: { slots: { slot_id: string }[] }, id: string) => view.slots.find(({ slot_id }) => slot_id === id);

describe.each(DOORS)('Administering a channel, over %s', (_, door) => {
  test('is possible only for the creator, who needs no seat', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b'] });
    const { id, alice, bob, mallory } = room;
    await alice.call('leave_channel', { channel_id: id });

    const { view } = await update(alice, id, { type: 'rename', name: 'Mine' });

    expect(view.name).toBe('Mine');
    expect((await refusal(update(bob, id, { type: 'rename', name: 'Bobs' }))).code).toBe('NOT_ADMIN');
    expect((await refusal(update(mallory, id, { type: 'rename', name: 'Hers' }))).code).toBe('NOT_MEMBER');
    expect((await refusal(update(mallory, 'chn_nowhere', { type: 'close' }))).code).toBe('NOT_MEMBER');
    expect((await bob.call('who', { channel_id: id })).view.name).toBe('Mine');
    expect(await told(bob, id, 'rename_applied')).toEqual([
      { type: 'rename_applied', op: { type: 'rename', name: 'Mine' } },
    ]);
  });

  test('can be given to a player and taken back', async () => {
    await using room = await openRoom(server, door);
    const { id, alice, bob } = room;

    await update(alice, id, { type: 'set_admin', slot_id: 's2', admin: true });
    await update(bob, id, { type: 'rename', name: 'By Bob' });
    await update(alice, id, { type: 'set_admin', slot_id: 's2', admin: false });

    expect((await refusal(update(bob, id, { type: 'rename', name: 'Again' }))).code).toBe('NOT_ADMIN');
    expect((await alice.call('who', { channel_id: id })).view.name).toBe('By Bob');
    expect((await told(bob, id, 'set_admin_applied')).map(({ op }) => op.admin)).toEqual([true, false]);
  });

  test.each([
    ['an op nobody knows', { type: 'self_destruct' }, 'BAD_OP'],
    ['a slot that is not there', { type: 'kick', slot_id: 's9' }, 'SLOT_NOT_FOUND'],
    ['a field that is missing', { type: 'kick' }, 'INVALID_REQUEST'],
    ['an empty seat', { type: 'kick', slot_id: 's3' }, 'INVALID_REQUEST'],
    ['a bot that cannot be', { type: 'set_bot', slot_id: 's0', bot_def: { inline_code: 'class {' } }, 'BOT_INVALID'],
    ['an invite for a seat that is taken', { type: 'new_invite', slot_id: 's2' }, 'SLOT_ALREADY_FILLED'],
    ['a name that hides something', { type: 'rename', name: 'a\u202eb' }, 'INVALID_REQUEST'],
    ['a name with a variation selector', { type: 'rename', name: 'a\ufe0fb' }, 'INVALID_REQUEST'],
    ['an admin who only observes', { type: 'set_admin', slot_id: 's4', admin: true }, 'INVALID_REQUEST'],
  ])('changes nothing if one op of a batch asks for %s', async (_case, bad, code) => {
    await using room = await openRoom(server, door, {
      slots: ['bot:referee', 'invite:a', 'invite:b', 'invite:c', 'observe:o'],
    });
    const { id, alice, bob } = room;
    const before = [await alice.call('who', { channel_id: id }), await everythingRead(bob, id)];

    const problem = await refusal(
      update(alice, id, { type: 'rename', name: 'Half' }, bad, { type: 'kick', slot_id: 's2' }),
    );

    expect(problem.code).toBe(code);
    expect([await alice.call('who', { channel_id: id }), await everythingRead(bob, id)]).toEqual(before);
  });

  test('a kick ends the access of that session at once, also of a waiting call', async () => {
    await using room = await openRoom(server, door);
    const { id, alice, bob } = room;
    const { cursor } = await bob.call('sync_messages', { channel_id: id, timeout_ms: 0 });
    const waiting = refusal(bob.call('sync_messages', { channel_id: id, cursor, timeout_ms: 20_000 }));
    await new Promise((later) => setTimeout(later, 150));

    const { view } = await update(alice, id, { type: 'kick', slot_id: 's2' });

    expect((await waiting).code).toBe('NOT_MEMBER');
    expect(slotOf(view, 's2')).toMatchObject({ occupied: false, filled_by: null, name: null });
    for (const operation of ['sync_messages', 'get_messages', 'who', 'leave_channel', 'post_message']) {
      expect((await refusal(bob.call(operation, { channel_id: id }))).code).toBe('NOT_MEMBER');
    }
    const again = refusal(bob.call('join_channel', { invite_code: room.rejoinTokens[1] }));
    expect((await again).code).toBe('REJOIN_TOKEN_INVALID');
    expect(await told(alice, id, 'member_left')).toEqual([
      { type: 'member_left', slot_id: 's2', role: 'player', reason: 'kicked' },
    ]);
    expect(await told(alice, id, 'kick_applied')).toHaveLength(1);
  });

  test('a closed channel can be read, and every change is refused', async () => {
    await using room = await openRoom(server, door, {
      bot_code: COUNTER,
      slots: ['bot:b', 'invite:a', 'invite:b', 'invite:c'],
    });
    const { id, alice, bob, mallory } = room;
    const seed = (await told(alice, id, 'bot:attach'))[0].seed_commit;

    const { view } = await update(alice, id, { type: 'close' });

    expect(view.closed_at).toMatch(/Z$/);
    const all = await everythingRead(bob, id);
    expect(all.map(({ body }) => body.type)).toEqual(expect.arrayContaining(['close_applied', 'round:reveal']));
    expect(commitOf((await told(bob, id, 'round:reveal'))[0].seed)).toBe(seed);
    const speak = { channel_id: id, body: 'too late' };
    expect((await refusal(bob.call('post_message', speak))).code).toBe('CHANNEL_CLOSED');
    expect((await refusal(bob.call('leave_channel', { channel_id: id }))).code).toBe('CHANNEL_CLOSED');
    expect((await refusal(update(alice, id, { type: 'rename', name: 'x' }))).code).toBe('CHANNEL_CLOSED');
    const late = await refusal(mallory.call('join_channel', { invite_code: room.invites[2] }));
    expect(late.code).toBe('INVITE_INVALID');
    await bob.call('join_channel', { invite_code: room.rejoinTokens[1] });
    await new Promise((later) => setTimeout(later, 1_300));
    expect(await everythingRead(bob, id)).toEqual(all);
  });

  test('a closed channel gets no new entry when another session takes a seat to read it', async () => {
    await using room = await openRoom(server, door);
    await update(room.alice, room.id, { type: 'close' });
    const all = await everythingRead(room.bob, room.id);

    await room.mallory.call('join_channel', { invite_code: room.rejoinTokens[1] });

    expect(await everythingRead(room.mallory, room.id)).toEqual(all);
  });

  test('a new invite invalidates the old one, and a revoked invite gives no access', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c'] });
    const { id, alice, mallory } = room;

    const { invites } = await update(alice, id, { type: 'new_invite', slot_id: 's2' });
    const [{ slot_id, invite_code }] = invites;
    const old = await refusal(mallory.call('join_channel', { invite_code: room.invites[2] }));
    await update(alice, id, { type: 'revoke_invite', slot_id: 's2' });
    const revoked = await refusal(mallory.call('join_channel', { invite_code }));

    expect(slot_id).toBe('s2');
    expect([old.code, revoked.code]).toEqual(['INVITE_INVALID', 'INVITE_INVALID']);
    const said = JSON.stringify(await everythingRead(alice, id));
    expect(said).toContain('new_invite_applied');
    expect(said).toContain('revoke_invite_applied');
    expect(said).not.toContain('inv_');
  });

  test('revoking a rejoin token does not affect the current holder', async () => {
    await using room = await openRoom(server, door);
    const { id, alice, bob, mallory } = room;

    await update(alice, id, { type: 'revoke_rejoin', slot_id: 's2' });

    const stolen = await refusal(mallory.call('join_channel', { invite_code: room.rejoinTokens[1] }));
    expect(stolen.code).toBe('REJOIN_TOKEN_INVALID');
    expect(await told(bob, id, 'revoke_rejoin_applied')).toHaveLength(1);
    await bob.call('post_message', { channel_id: id, body: 'still here', wait_ms: 0 });
  });

  test.each(['yield_slot', 'yield_control'])('%s empties a slot and changes its kind', async (type) => {
    await using room = await openRoom(server, door);
    const { id, alice, bob, mallory } = room;
    const slot = type === 'yield_slot' ? { slot_id: 's2' } : { from_slot: 's2' };

    const observed = await update(alice, id, { type, ...slot, to: 'observe' });
    await mallory.call('join_channel', { invite_code: observed.invites[0].invite_code });
    const invited = await update(alice, id, { type, ...slot, to: 'invite' });
    await bob.call('join_channel', { invite_code: invited.invites[0].invite_code });
    const emptied = await update(alice, id, { type, ...slot, to: 'bot' });

    expect(slotOf(observed.view, 's2')).toMatchObject({ kind: 'observe', role: 'observer', occupied: false });
    expect(slotOf(invited.view, 's2')).toMatchObject({ kind: 'invite', role: 'player', occupied: false });
    expect(slotOf(emptied.view, 's2')).toMatchObject({ kind: 'bot', admin: true, occupied: false });
    expect(emptied.invites).toEqual([]);
    expect((await refusal(bob.call('who', { channel_id: id }))).code).toBe('NOT_MEMBER');
    expect((await told(alice, id, 'member_left')).map(({ reason }) => reason)).toEqual([
      'yielded',
      'yielded',
      'yielded',
    ]);
    expect(await told(alice, id, `${type}_applied`)).toHaveLength(3);
  });
});

describe.each(DOORS)('The bot of a slot, over %s', (_, door) => {
  test('is replaced openly: its seed is revealed and both hashes are announced', async () => {
    await using room = await openRoom(server, door, { bot_code: COUNTER });
    const { id, alice, bob } = room;
    const [before] = (await bob.call('who', { channel_id: id })).bots;

    await update(alice, id, { type: 'set_bot', slot_id: 's0', bot_def: { name: 'Other', inline_code: SILENT } });

    const [after] = (await bob.call('who', { channel_id: id })).bots;
    const [first, second] = await told(bob, id, 'bot:attach');
    const [reveal] = await told(bob, id, 'round:reveal');
    expect(reveal).toMatchObject({ bot_id: before.bot_id, round: 1, seed_commit: first.seed_commit });
    expect(commitOf(reveal.seed)).toBe(first.seed_commit);
    expect(await told(bob, id, 'bot_changed')).toEqual([
      { type: 'bot_changed', slot_id: 's0', old_hash: before.code_hash, new_hash: after.code_hash },
    ]);
    expect(second).toMatchObject({ name: 'Other', code_hash: after.code_hash });
    expect(after.code_hash).toBe(`sha256:${createHash('sha256').update(SILENT).digest('hex')}`);
    expect((await bob.call('post_message', { channel_id: id, body: 'hello' })).replies).toEqual([]);
    expect(await told(bob, id, 'set_bot_applied')).toHaveLength(1);
  });

  test('can be removed, and then gets no messages', async () => {
    await using room = await openRoom(server, door, { bot_code: COUNTER });
    const { id, alice, bob } = room;

    const { view } = await update(alice, id, { type: 'remove_bot', slot_id: 's0' });

    expect(slotOf(view, 's0')).toMatchObject({ kind: 'bot', occupied: false, filled_by: null });
    expect((await bob.call('who', { channel_id: id })).bots).toEqual([]);
    expect((await bob.call('post_message', { channel_id: id, body: 'hello' })).replies).toEqual([]);
    const [attached] = await told(bob, id, 'bot:attach');
    expect(commitOf((await told(bob, id, 'round:reveal'))[0].seed)).toBe(attached.seed_commit);
    expect((await refusal(update(alice, id, { type: 'remove_bot', slot_id: 's0' }))).code).toBe('BOT_NOT_FOUND');
    expect((await refusal(update(alice, id, { type: 'remove_bot', slot_id: 's1' }))).code).toBe('BOT_NOT_FOUND');
    expect((await bob.call('who', { channel_id: id })).view.slots[1].occupied).toBe(true);
  });

  test('may be attached later, and then sees the players who joined before', async () => {
    await using room = await openRoom(server, door);
    const { id, alice, bob } = room;
    expect((await refusal(bob.call('attach_bot', { channel_id: id, inline_code: COUNTER }))).code).toBe('NOT_ADMIN');

    const attached = await alice.call('attach_bot', { channel_id: id, inline_code: COUNTER, slot: 'referee' });

    const { replies } = await bob.call('post_message', { channel_id: id, body: 'who?' });
    expect(replies[0].body).toMatchObject({ type: 'heard', seats: ['s1', 's2'], bot_id: attached.bot_id });
    const source = await bob.call('get_bot_code', { channel_id: id, bot_id: attached.bot_id });
    expect(source).toMatchObject({ ...attached, inline_code: COUNTER, code_ref: null });
    const taken = await refusal(alice.call('attach_bot', { channel_id: id, inline_code: COUNTER, slot: 's0' }));
    expect(taken.code).toBe('SLOT_ALREADY_FILLED');
    await eventually(async () => (await told(bob, id, 'tick')).length);
  });

  test.each<[string, object, string]>([
    ['set_admin', { slot_id: 's1', name: 'word' }, 'name'],
    ['rename', { name: 'New', slot_id: 's1' }, 'slot_id'],
    ['kick', { slot_id: 's1', to: 'invite' }, 'to'],
    ['kick', { from_slot: 's1' }, 'from_slot'],
    ['new_invite', { slot_id: 's2', keys: { A: 'secret enough' } }, 'keys'],
    ['revoke_invite', { slot_id: 's2', admin: true }, 'admin'],
    ['revoke_rejoin', { slot_id: 's1', bot_def: { bot_preset: 'GuessBot' } }, 'bot_def'],
    ['yield_slot', { slot_id: 's2', to: 'invite', name: 'word' }, 'name'],
    ['yield_control', { slot_id: 's2', from_slot: 's2', to: 'invite' }, 'from_slot'],
    ['close', { slot_id: 's1' }, 'slot_id'],
    ['set_bot', { slot_id: 's0', bot_def: { bot_preset: 'GuessBot' }, name: 'word' }, 'name'],
    ['remove_bot', { slot_id: 's0', to: 'word' }, 'to'],
    ['set_env_redacted', { slot_id: 's0', keys: { A: 'secret enough' }, name: 'word' }, 'name'],
  ])('refuses a field that an op does not use, and logs nothing: %s with %j', async (type, fields, field) => {
    await using room = await openRoom(server, door, { bot_preset: 'GuessBot' });
    const before = await everythingRead(room.bob, room.id);

    const ops = [
      { type: 'rename', name: 'Renamed' },
      { type, ...fields },
    ];
    const problem = await refusal(room.alice.call('update_channel', { channel_id: room.id, ops }));

    expect(problem).toMatchObject({ code: 'INVALID_REQUEST', issues: [{ field }] });
    expect(await everythingRead(room.bob, room.id)).toEqual(before);
  });
});

const SILENT = 'export default class Silent { onInit() {} }';
const commitOf = (seed: string) =>
  `sha256:${createHash('sha256').update('parley-seed-v1').update(Buffer.from(seed, 'hex')).digest('hex')}`;
