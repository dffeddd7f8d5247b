import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { leafHashOf } from '../../src/proofs/tree/merkle.js';
import { adminCommand } from '../support/admin.js';
import { hasGrown, openedNote, provenBy, publishedLog } from '../support/checkpoints.js';
import { DOORS } from '../support/doors.js';
import { openRoom, type Room } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const [[, door]] = DOORS as [(typeof DOORS)[number]];
const SEATS = { slots: ['invite:alice', 'invite:bob'] };

describe('A new key', () => {
  test('is published under the old one while the server runs, and signs from then on', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, door, SEATS);
    const before = await publishedLog(server);
    const [oldKey = ''] = before.keys;
    const sealed = await room.alice.call('get_checkpoint', { channel_id: room.id });

    const newKey = await adminCommand(server, 'rotate-log-key');

    const { keys, policy, checkpoint } = await publishedLog(server);
    expect(keys).toEqual([oldKey, newKey]);
    expect(newKey.split('+')[0]).toBe(oldKey.split('+')[0]);
    expect(policy).toBe(`log ${newKey}\nquorum none\n`);
    const [older, newer] = [openedNote(before.checkpoint as string, [oldKey]), openedNote(checkpoint as string, keys)];
    const leaf = leafHashOf(canonicalJson({ v: 1, type: 'key', vkey: newKey, by: oldKey }));
    const proof = await room.alice.call('get_proof', { index: newer.size - 1 });
    expect(provenBy(proof.tlog_proof, leaf, keys).isProven).toBe(true);
    const growth = await room.alice.call('get_proof', { from_size: older.size, size: newer.size });
    expect(hasGrown(older, newer, growth.hashes)).toBe(true);

    const next = await sayAndSeal(room);
    expect(openedNote(next, [newKey]).size).toBe(sealed.size + 1);
    expect(() => openedNote(next, [oldKey])).toThrow(/not signed by/);
    const { checkpoint: later } = await room.alice.call('get_checkpoint');
    expect(() => openedNote(later, [oldKey])).toThrow(/not signed by/);
  });

  test('is published at the next start, and the file keeps the old one for its user alone', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, door, SEATS);
    await sayAndSeal(room);
    await server.stop();

    const keys = [await keyOf(server), await adminCommand(server, 'rotate-log-key')];
    keys.push(await adminCommand(server, 'rotate-log-key'));
    await server.start();

    const { keys: published, checkpoint } = await publishedLog(server);
    expect(published).toEqual(keys);
    expect(openedNote(checkpoint as string, keys)).toMatchObject({ size: expect.any(Number) });
    const file = join(server.dataDir, 'server-key.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8')).retired).toHaveLength(2);
    expect(openedNote(await sayAndSeal(room), keys.slice(-1)).origin).toContain(room.id);
  });
});

async function sayAndSeal(room: Room): Promise<string> {
  await room.alice.call('post_message', { channel_id: room.id, body: 'a word', wait_ms: 0 });
  return (await room.alice.call('get_checkpoint', { channel_id: room.id })).checkpoint;
}

/** The key in the file, as the banner of the server printed it. */
async function keyOf({ dataDir }: RunningServer): Promise<string> {
  const { ServerKey } = await import('../../src/platform/secrets/server-key.js');
  return ServerKey.of(dataDir, '').verifierKey;
}
