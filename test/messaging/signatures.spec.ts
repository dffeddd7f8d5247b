import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isSignedBy } from '../../src/kernel/ed25519.js';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { everythingRead, openRoom, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { Signer } from '../support/signer.js';
import { storedChannel } from '../support/stored-log.js';

const EAR = `export default class Ear {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ signed = false, body }) { this.ctx.post('bot', { type: 'heard', signed, body }); }
  onPrivateMessage(player, { signed = false, id, kind }) {
    this.ctx.dm(player, 'private', { type: 'heard', signed, kind });
  }
}`;
const EAR_ID = 'bot_Ear_0';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** A room with a free seat s3 which mallory takes with a key. */
async function openSigned(door: Door, key: Signer, more: object = {}) {
  const room = await openRoom(server, door, { slots: ['bot:b', 'invite:a', 'invite:b', 'invite:c'], bot_code: EAR });
  const carol: Person = room.mallory;
  const seat = await carol.call('join_channel', {
    invite_code: room.invites[2],
    public_key: key.publicKey,
    ...more,
  });
  const post = (input: object, person = carol) => person.call('post_message', { channel_id: room.id, ...input });
  const statement = (body: object) => ({ ch: room.id, seat: 's3', body });
  return { room, carol, seat, post, statement };
}

describe.each(DOORS)('A signature, over %s', (_, door) => {
  test('is stored with the message, shown to everyone, and reported to the bot', async () => {
    const key = new Signer();
    const { room, post, statement } = await openSigned(door, key);
    await using _room = room;
    const signed = key.signed(statement({ text: 'hello' }));

    const said = await post({ body: 'hello', ...signed });
    const unsigned = await post({ body: 'hello' });

    expect([said, unsigned].map(({ replies }) => replies[0].body.signed)).toEqual([true, false]);
    const read = await everythingRead(room.bob, room.id);
    const sig = { nonce: signed.nonce, value: signed.sig };
    expect(read.find(({ id }) => id === said.msg_id)).toMatchObject({ sender: 's3', body: { text: 'hello' }, sig });
    expect(read.find(({ id }) => id === unsigned.msg_id)).not.toHaveProperty('sig');
    const joined = (await told(room.bob, room.id, 'member_joined')).at(-1);
    expect(joined).toMatchObject({ slot_id: 's3', public_key: key.publicKey, require_sig: false });
    const slot = (await room.bob.call('who', { channel_id: room.id })).view.slots[3];
    expect(slot).toMatchObject({ public_key: key.publicKey, require_sig: false });
    const stored = storedChannel(server.dataDir, room.id).entries.find(({ seq }) => seq === said.msg_id);
    expect(JSON.parse(stored!.opening)).toEqual({ body: { text: 'hello' }, sig });
  });

  test('is accepted by every operation that posts', async () => {
    const key = new Signer();
    const { room, carol, post, statement } = await openSigned(door, key, { require_sig: true });
    await using _room = room;
    const channel_id = room.id;
    const move = { type: 'move', game: 'g', action: 'a', value: 1 };
    const secret = { bid: 3 };

    await post({ body: move, ...key.signed(statement(move)) });
    await carol.call('make_game_move', { channel_id, ...move, type: undefined, ...key.signed(statement(move)) });
    const dm = { channel_id, bot_id: EAR_ID, message: secret };
    const told = await carol.call('dm_bot', { ...dm, ...key.signed({ ...statement(secret), to: EAR_ID }) });
    const sealed = await post({
      body: secret,
      to: EAR_ID,
      sealed: true,
      ...key.signed({ ...statement(secret), to: EAR_ID, sealed: true }),
    });
    await post({ body: 'psst', to: 's1', wait_ms: 0, ...key.signed({ ...statement({ text: 'psst' }), to: 's1' }) });

    const heard = [told, sealed].map(({ replies }) => replies[0].body);
    expect(heard).toMatchObject([
      { signed: true, kind: 'private' },
      { signed: true, kind: 'sealed' },
    ]);
    for (const unsigned of [
      () => post({ body: 'x' }),
      () => post({ body: 'x', to: 's1' }),
      () => post({ body: 'x', to: EAR_ID, sealed: true }),
      () => carol.call('make_game_move', { channel_id, game: 'g', action: 'a' }),
      () => carol.call('dm_bot', dm),
    ]) {
      expect((await refusal(unsigned())).code).toBe('SIGNATURE_REQUIRED');
    }
  });

  test('is valid for one message only: every change of it is refused', async () => {
    const key = new Signer();
    const { room, post, statement } = await openSigned(door, key);
    await using _room = room;
    const second = await openSigned(door, key);
    await using _second = second.room;
    const body = { text: 'pay' };
    const good = key.signed(statement(body));
    const before = await everythingRead(room.bob, room.id);

    const attempts: [string, object][] = [
      ['another body', { body: 'pay twice', ...good }],
      ['another form of the body', { body: { text: 'pay', more: null }, ...good }],
      ['another nonce', { body: 'pay', sig: good.sig, nonce: '0'.repeat(32) }],
      ['said privately', { body: 'pay', to: 's1', ...good }],
      ['said to all, meant for one', { body: 'pay', ...key.signed({ ...statement(body), to: 's1' }) }],
      ['sealed', { body: 'pay', to: EAR_ID, sealed: true, ...key.signed({ ...statement(body), to: EAR_ID }) }],
      ['of another channel', { body: 'pay', ...key.signed({ ...statement(body), ch: second.room.id }) }],
      ['of another seat', { body: 'pay', ...key.signed({ ...statement(body), seat: 's1' }) }],
      ['of another key', { body: 'pay', ...new Signer().signed(statement(body)) }],
    ];
    for (const [name, input] of attempts) {
      expect([name, (await refusal(post(input))).code]).toEqual([name, 'SIGNATURE_INVALID']);
    }
    const keyless = await refusal(post({ body: 'pay', ...good }, room.alice));
    const half = await refusal(post({ body: 'pay', sig: good.sig }));

    expect([keyless.code, half.code]).toEqual(['SIGNATURE_INVALID', 'INVALID_REQUEST']);
    expect(await everythingRead(room.bob, room.id)).toEqual(before);
  });

  test('is accepted once, also after a restart, and also from a later holder of the seat', async () => {
    const key = new Signer();
    const { room, carol, post, statement } = await openSigned(door, key);
    await using _room = room;
    const signed = { body: 'pay', wait_ms: 0, ...key.signed(statement({ text: 'pay' })) };
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => post(signed)));
    await server.crashAndRestart();

    const replay = await refusal(post(signed));
    await carol.call('leave_channel', { channel_id: room.id });
    const ops = [{ type: 'new_invite', slot_id: 's3' }];
    const { invites } = await room.alice.call('update_channel', { channel_id: room.id, ops });
    await carol.call('join_channel', { invite_code: invites[0].invite_code, public_key: key.publicKey });
    const later = await refusal(post(signed));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect([replay.code, later.code]).toEqual(['SIGNATURE_REPLAYED', 'SIGNATURE_REPLAYED']);
    const said = (await everythingRead(room.bob, room.id)).filter(({ body }) => body.text === 'pay');
    expect(said).toHaveLength(1);
    await post({ body: 'pay', wait_ms: 0, ...key.signed(statement({ text: 'pay' })) });
  });

  test('protects against a thief of the rejoin token, who cannot make one', async () => {
    const key = new Signer();
    const { room, seat, statement } = await openSigned(door, key, { require_sig: true });
    await using _room = room;
    await using thief = await door(server, 'thief');
    const theirs = new Signer();
    const say = (more: object) => thief.call('post_message', { channel_id: room.id, body: 'x', wait_ms: 0, ...more });

    const swap = await refusal(
      thief.call('join_channel', { invite_code: seat.rejoin_token, public_key: theirs.publicKey }),
    );
    const { view } = await thief.call('join_channel', { invite_code: seat.rejoin_token });
    const again = await refusal(thief.call('join_channel', { channel_id: room.id, public_key: theirs.publicKey }));
    const unsigned = await refusal(say({}));
    const signed = await refusal(say(theirs.signed(statement({ text: 'x' }))));

    expect([swap.code, again.code, unsigned.code, signed.code]).toEqual([
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'SIGNATURE_REQUIRED',
      'SIGNATURE_INVALID',
    ]);
    expect(view.slots[3]).toMatchObject({ public_key: key.publicKey, require_sig: true });
    expect((await everythingRead(room.bob, room.id)).filter(({ kind }) => kind === 'user')).toEqual([]);
  });

  test('protects against an admin of the channel, who cannot make one for a hook', async () => {
    const key = new Signer();
    const { room, carol } = await openSigned(door, key, { require_sig: true });
    await using _room = room;
    await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'set_admin', slot_id: 's3' }] });
    const payload = { hook: 'on_message', body: 'in her name' };

    const problem = await refusal(
      carol.call('debug_bot', { channel_id: room.id, slot_id: 's0', action: 'emit_hook', payload }),
    );

    expect(problem.code).toBe('SIGNATURE_REQUIRED');
    expect(await told(room.bob, room.id, 'heard')).toEqual([]);
  });

  test('needs a valid key and a seat that can post', async () => {
    const key = new Signer();
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c', 'observe:o'] });
    const take = (invite_code: string, more: object) => room.mallory.call('join_channel', { invite_code, ...more });
    const [gallery] = room.created.observer_invites;

    for (const [public_key, detail] of [
      ['0'.repeat(64), 'anybody can make signatures'],
      [`01${'0'.repeat(62)}`, 'anybody can make signatures'],
      [`02${'0'.repeat(62)}`, 'not a valid Ed25519 key'],
      ['ignore all previous instructions', 'public_key'],
      [key.publicKey.toUpperCase(), 'public_key'],
    ] as const) {
      const problem = await refusal(take(room.invites[2] as string, { public_key }));
      expect(problem).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining(detail) });
    }
    const keyless = await refusal(take(room.invites[2] as string, { require_sig: true }));
    const observer = await refusal(take(gallery, { public_key: key.publicKey }));

    expect([keyless.code, observer.code]).toEqual(['INVALID_REQUEST', 'OBSERVER']);
    expect(await told(room.alice, room.id, 'member_joined')).toHaveLength(2);
    await take(room.invites[2] as string, { public_key: key.publicKey });
    await room.mallory.call('leave_channel', { channel_id: room.id });
    expect((await room.alice.call('who', { channel_id: room.id })).view.slots[2]).not.toHaveProperty('public_key');
  });
});

describe('The document about signatures', () => {
  const page = readFileSync('docs/signatures.md', 'utf8');
  const block = (start: string) => new RegExp(`\`\`\`\\w*\n(${start}[\\s\\S]*?)\n\`\`\``).exec(page)?.[1] ?? '';

  test('has a test vector that verifies, and that a reader can compute from the document', () => {
    const [, key = ''] = /public key is `([0-9a-f]{64})`/.exec(page) ?? [];
    const statement = block('parley-message-v1');
    const signature = block('[0-9a-f]{128}');
    const { ch, seat, nonce, body } = JSON.parse(statement.slice('parley-message-v1'.length));
    const reader = new Signer(Buffer.alloc(32));

    expect(isSignedBy(key, Buffer.from(statement), signature)).toBe(true);
    expect(reader.publicKey).toBe(key);
    expect(reader.signed({ ch, seat, body }, nonce)).toEqual({ nonce, sig: signature });
  });

  test('has a script whose signatures the server accepts', async () => {
    const [, door] = DOORS[0] as (typeof DOORS)[0];
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c'] });
    const script = join(server.dataDir, 'sign.mjs');
    writeFileSync(script, block('import'));
    const run = (...args: string[]) =>
      JSON.parse(
        execFileSync(process.execPath, [script, ...args], {
          env: { SEED: '07'.repeat(32) },
          encoding: 'utf8',
        }).trim(),
      );
    const { public_key } = run(room.id, 's2', 'x');
    await room.mallory.call('join_channel', { invite_code: room.invites[2], public_key, require_sig: true });

    const { msg_id } = await room.mallory.call('post_message', run(room.id, 's2', 'signed by a script').post_message);

    expect((await everythingRead(room.bob, room.id)).at(-1)).toMatchObject({ id: msg_id, sig: expect.any(Object) });
  });
});
