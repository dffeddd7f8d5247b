import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { CompactRange } from '../../src/proofs/tree/compact-range.js';
import { leafHashOf } from '../../src/proofs/tree/merkle.js';
import { hasGrown, openedNote, provenBy, publishedLog, storedLeaves } from '../support/checkpoints.js';
import { DOORS, type Person } from '../support/doors.js';
import { openRoom, refusal } from '../support/rooms.js';
import { stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';

const SEATS = { slots: ['invite:alice', 'invite:bob'] };

const server = useServer();

const say = (person: Person, channel_id: string, text: string) =>
  person.call('post_message', { channel_id, body: text, wait_ms: 0 });

describe.each(DOORS)('The log of a channel, over %s', (_, door) => {
  test('has a signed checkpoint whose root is over the headers of all entries', async () => {
    await using room = await openRoom(server, door, SEATS);
    await say(room.alice, room.id, 'hello');

    const { checkpoint, size, root } = await room.bob.call('get_checkpoint', { channel_id: room.id });

    const { origin, keys } = await publishedLog(server);
    const opened = openedNote(checkpoint, keys);
    const leaves = storedLeaves(server.dataDir, room.id);
    expect(opened).toEqual({ origin: `${origin}/ch/${room.id}`, size: leaves.length, root: rootOver(leaves) });
    expect({ size, root }).toEqual({ size: leaves.length, root: rootOver(leaves).toString('base64') });
  });

  test('proves that it includes each entry, hidden ones too', async () => {
    await using room = await openRoom(server, door, SEATS);
    await room.alice.call('post_message', { channel_id: room.id, body: 'for bob', to: 's1', wait_ms: 0 });
    await say(room.alice, room.id, 'for all');
    const { keys } = await publishedLog(server);

    for (const [i, leaf] of storedLeaves(server.dataDir, room.id).entries()) {
      const proof = await room.bob.call('get_proof', { channel_id: room.id, msg_id: i + 1 });
      expect(proof).toMatchObject({ index: i, leaf_hash: leaf.toString('base64') });
      expect(provenBy(proof.tlog_proof, leaf, keys)).toMatchObject({ index: i, isProven: true });
      expect(provenBy(proof.tlog_proof, leafHashOf('another'), keys).isProven).toBe(false);
    }
  });

  test('proves that a later checkpoint begins with an earlier one', async () => {
    await using room = await openRoom(server, door, SEATS);
    const { keys } = await publishedLog(server);
    const earlier = openedNote((await room.bob.call('get_checkpoint', { channel_id: room.id })).checkpoint, keys);
    for (let i = 0; i < 5; i++) await say(room.alice, room.id, `word ${i}`);

    const later = openedNote((await room.bob.call('get_checkpoint', { channel_id: room.id })).checkpoint, keys);

    const proof = await room.bob.call('get_proof', { channel_id: room.id, from_size: earlier.size, size: later.size });

    expect(later.size).toBe(earlier.size + 5);
    expect(hasGrown(earlier, later, proof.hashes)).toBe(true);
    expect(hasGrown({ ...earlier, root: leafHashOf('other') }, later, proof.hashes)).toBe(false);
  });

  test('proves the state at an earlier checkpoint', async () => {
    await using room = await openRoom(server, door, SEATS);
    const earlier = await room.bob.call('get_checkpoint', { channel_id: room.id });
    await say(room.alice, room.id, 'later');
    await room.bob.call('get_checkpoint', { channel_id: room.id });

    const proof = await room.bob.call('get_proof', { channel_id: room.id, msg_id: 1, size: earlier.size });

    const { keys } = await publishedLog(server);
    const [first] = storedLeaves(server.dataDir, room.id) as [Buffer];
    expect(proof).toMatchObject({ size: earlier.size, root: earlier.root, checkpoint: earlier.checkpoint });
    expect(provenBy(proof.tlog_proof, first, keys).isProven).toBe(true);
  });

  test('is open to those who may read the channel, and to nobody else', async () => {
    await using room = await openRoom(server, door, SEATS);
    const { id, mallory } = room;

    expect(await refusal(mallory.call('get_checkpoint', { channel_id: id }))).toMatchObject({ code: 'NOT_MEMBER' });
    expect(await refusal(mallory.call('get_proof', { channel_id: id, msg_id: 1 }))).toMatchObject({
      code: 'NOT_MEMBER',
    });
    expect(await refusal(mallory.call('get_proof', { channel_id: id }))).toMatchObject({ code: 'NOT_MEMBER' });
  });

  test.each([
    [{ msg_id: 99 }, 'MESSAGE_NOT_FOUND'],
    [{ from_size: 99 }, 'MESSAGE_NOT_FOUND'],
    [{ msg_id: 1, size: 99 }, 'MESSAGE_NOT_FOUND'],
    [{ msg_id: 3, size: 2 }, 'INVALID_REQUEST'],
    [{ msg_id: 1, from_size: 1 }, 'INVALID_REQUEST'],
    [{ index: 1 }, 'INVALID_REQUEST'],
    [{ msg_id: 0 }, 'INVALID_REQUEST'],
  ])('has no proof of %j', async (asked, code) => {
    await using room = await openRoom(server, door, SEATS);

    expect(await refusal(room.bob.call('get_proof', { channel_id: room.id, ...asked }))).toMatchObject({ code });
  });
});

describe.each(DOORS)('An answer, over %s', (_, door) => {
  test('of every operation that posts or reads messages comes with a checkpoint', async () => {
    await using room = await openRoom(server, door, SEATS);
    const { id, bob } = room;
    const { origin, keys } = await publishedLog(server);

    const answers = [
      await say(bob, id, 'hello'),
      await bob.call('sync_messages', { channel_id: id, timeout_ms: 0 }),
      await bob.call('get_messages', { channel_id: id }),
      await bob.call('wait_for_message', { channel_id: id, since_id: 0, timeout_ms: 0 }),
    ];

    for (const { checkpoint } of answers) expect(openedNote(checkpoint, keys).origin).toBe(`${origin}/ch/${id}`);
  });

  test('that shows the end of a round comes with a checkpoint that covers it', async () => {
    await using room = await openRoom(server, door, { bot_preset: 'GuessBot', bot_params: { range: [1, 1] } });
    const { keys } = await publishedLog(server);

    const { replies, checkpoint } = await room.alice.call('post_message', { channel_id: room.id, body: 'guess 1' });

    const types = replies.map(({ body }: { body: { type: string } }) => body.type);
    expect(types).toContain('round:reveal');
    expect(openedNote(checkpoint, keys).size).toBeGreaterThanOrEqual(replies.at(-1).id);
  });

  test('to a close comes when a checkpoint covers it', async () => {
    await using room = await openRoom(server, door, SEATS);
    const { keys } = await publishedLog(server);

    await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'close' }] });

    const [{ leaf }] = stored(server.dataDir, (database) =>
      database.prepare('SELECT leaf FROM server_leaf WHERE channel_id = ? ORDER BY size DESC LIMIT 1').all(room.id),
    );
    const { messages, checkpoint } = await room.bob.call('sync_messages', { channel_id: room.id, timeout_ms: 0 });
    expect(messages.map(({ body }: { body: { type: string } }) => body.type)).toContain('close_applied');
    expect(JSON.parse(leaf).size).toBe(messages.at(-1).id);
    expect(openedNote(checkpoint, keys).size).toBe(messages.at(-1).id);
  });
});

describe.each(DOORS)('The log of the server, over %s', (_, door) => {
  test('includes the checkpoint of a channel', async () => {
    await using room = await openRoom(server, door, SEATS);
    const { checkpoint, size, root } = await room.bob.call('get_checkpoint', { channel_id: room.id });

    const proof = await room.bob.call('get_proof', { channel_id: room.id });

    const { origin, keys } = await publishedLog(server);
    expect(openedNote(checkpoint, keys).size).toBe(size);
    const leaf = leafHashOf(canonicalJson({ v: 1, type: 'channel', ch: room.id, size, root }));
    const proven = provenBy(proof.tlog_proof, leaf, keys);
    expect(proven).toMatchObject({ isProven: true, checkpoint: { origin } });
  });

  test('has checkpoints that each begin with the one before', async () => {
    await using room = await openRoom(server, door, SEATS);
    const { keys } = await publishedLog(server);
    const earlier = openedNote((await room.mallory.call('get_checkpoint')).checkpoint, keys);
    await say(room.alice, room.id, 'a change');
    await room.alice.call('get_checkpoint', { channel_id: room.id });

    const later = openedNote((await room.mallory.call('get_checkpoint')).checkpoint, keys);
    const proof = await room.mallory.call('get_proof', { from_size: earlier.size, size: later.size });

    expect(later.size).toBeGreaterThan(earlier.size);
    expect(hasGrown(earlier, later, proof.hashes)).toBe(true);
  });

  test('begins with its key, and is published to everyone', async () => {
    await using room = await openRoom(server, door, SEATS);
    const { origin, keys, policy, checkpoint } = await publishedLog(server);

    const first = await room.mallory.call('get_proof', { index: 0 });

    const leaf = leafHashOf(canonicalJson({ v: 1, type: 'key', vkey: keys[0] }));
    expect(provenBy(first.tlog_proof, leaf, keys)).toMatchObject({ index: 0, isProven: true });
    expect(leafHashOf(first.leaf)).toEqual(leaf);
    expect(policy).toBe(`log ${keys[0]}\nquorum none\n`);
    expect(openedNote(checkpoint as string, keys).origin).toBe(origin);
  });
});

function rootOver(leaves: readonly Buffer[]): Buffer {
  const range = CompactRange.empty();
  for (const leaf of leaves) range.append(leaf);
  return range.root;
}
