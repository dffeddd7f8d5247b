import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { leafHash } from '../../src/messaging/entry.js';
import { leafHashOf } from '../../src/proofs/tree/merkle.js';
import { hasGrown, openedNote, provenBy, publishedLog, storedLeaves } from '../support/checkpoints.js';
import { isPostgres } from '../support/database.js';
import { DOORS } from '../support/doors.js';
import { openRoom, type Room, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';

const [[, door]] = DOORS as [(typeof DOORS)[number]];
const SEATS = { slots: ['invite:alice', 'invite:bob'] };
/** More than one complete subtree of 256 leaves. */
const MANY = 300;
const AT_ONCE = 20;

describe('A server that was killed', () => {
  test('has the same roots and proofs as before, also when its kept hashes are lost', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, door, SEATS);
    await talk(room, MANY);
    const before = await proofsOf(room);
    await talk(room, 1);

    process.kill(server.pid, 'SIGKILL');
    await server.ended();
    const kept = stored(server.dataDir, (db) => db.prepare('SELECT COUNT(*) FROM tree_node').pluck().get());
    stored(server.dataDir, (db) => db.prepare('DELETE FROM tree_node').run(), false);
    await server.start();

    expect(Number(kept)).toBe(1);
    const size = before.checkpoint.size;
    const after = await room.alice.call('get_proof', { channel_id: room.id, msg_id: 7, size });
    expect(after).toEqual(before.proof);
    const { keys } = await publishedLog(server);
    const newest = openedNote((await room.alice.call('get_checkpoint', { channel_id: room.id })).checkpoint, keys);
    const growth = await room.alice.call('get_proof', { channel_id: room.id, from_size: size, size: newest.size });
    expect(newest.size).toBe(size + 1);
    expect(hasGrown(openedNote(before.checkpoint.checkpoint, keys), newest, growth.hashes)).toBe(true);
  });
});

(isPostgres ? describe.skip : describe)('A server whose database was restored from an older copy', () => {
  test('signs nothing, says why, and lets everything else go on, until the newer database is back', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, door, SEATS);
    await room.alice.call('get_checkpoint', { channel_id: room.id });
    await server.stop();
    const older = copyOf(server, 'older');
    await server.start();
    await talk(room, 1);
    const { checkpoint } = await room.alice.call('get_checkpoint', { channel_id: room.id });
    await server.stop();
    const newer = copyOf(server, 'newer');

    older.restore();
    await server.start();

    const refused = { code: 'LOG_ROLLED_BACK', status: 503 };
    expect(await refusal(room.alice.call('get_checkpoint', { channel_id: room.id }))).toMatchObject(refused);
    expect(await refusal(room.alice.call('get_proof', { channel_id: room.id, msg_id: 1 }))).toMatchObject(refused);
    expect(await refusal(room.alice.call('get_checkpoint'))).toMatchObject(refused);
    expect((await publishedLog(server)).checkpoint).toBeNull();
    expect(await healthOf(server)).toMatchObject({ signing: expect.stringMatching(/^refused: .*log-head\.json/) });
    expect(server.log()).toMatch(/LOG_ROLLED_BACK: no checkpoint is signed: .*Restore the newest backup/);
    const posted = await room.bob.call('post_message', { channel_id: room.id, body: 'still here', wait_ms: 0 });
    expect(posted).not.toHaveProperty('checkpoint');
    expect(await room.alice.call('sync_messages', { channel_id: room.id, timeout_ms: 0 })).toMatchObject({
      messages: expect.arrayContaining([expect.objectContaining({ body: { text: 'still here' } })]),
    });

    await server.stop();
    newer.restore();
    await server.start();

    expect(await room.alice.call('get_checkpoint', { channel_id: room.id })).toMatchObject({ checkpoint });
    expect(await healthOf(server)).toMatchObject({ signing: 'ok' });
  });
});

describe('A server whose database was edited while it was stopped', () => {
  test.each([
    ['a changed text', "UPDATE entry SET opening = REPLACE(opening, 'word 1', 'word 2') WHERE seq = 5"],
    ['a changed leaf hash', `UPDATE entry SET leaf_hash = 'sha256:${'0'.repeat(64)}' WHERE seq = 4`],
    ['that the newest entry is missing', 'DELETE FROM entry WHERE seq = 6'],
    [
      'two entries, which are swapped',
      'UPDATE entry SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END WHERE seq IN (4, 5)',
    ],
  ])('notices %s after its start, and signs no checkpoint of the channel', async (_, edit) => {
    await using server = await startServer();
    await using room = await openRoom(server, door, SEATS);
    await using other = await openRoom(server, door, SEATS);
    await talk(room, 3);
    await room.alice.call('get_checkpoint', { channel_id: room.id });
    await other.alice.call('get_checkpoint', { channel_id: other.id });
    await server.stop();

    const here = `channel_id = '${room.id}'`;
    stored(
      server.dataDir,
      (db) => db.exec(`${edit} AND ${here}; UPDATE entry SET seq = -seq WHERE seq < 0 AND ${here}`),
      false,
    );
    await server.start();

    await until(async () => (await healthOf(server)).entries === 'changed in 1 channels: see the log');
    expect(server.log()).toMatch(/LOG_CHANGED: /);
    await talk(room, 1);
    expect(await refusal(room.alice.call('get_checkpoint', { channel_id: room.id }))).toMatchObject({
      code: 'LOG_CHANGED',
    });
    await talk(other, 1);
    expect(await other.alice.call('get_checkpoint', { channel_id: other.id })).toMatchObject({ size: 4 });
  });

  test('notices an entry that was written anew with all its hashes', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, door, SEATS);
    await talk(room, 3);
    const kept = await room.bob.call('get_proof', { channel_id: room.id, msg_id: 5 });
    await room.alice.call('get_checkpoint', { channel_id: room.id });
    const { keys } = await publishedLog(server);
    const leaf = storedLeaves(server.dataDir, room.id)[4] as Buffer;
    await server.stop();

    const header = stored(server.dataDir, (db) =>
      db.prepare('SELECT header FROM entry WHERE channel_id = ? AND seq = 5').pluck().get(room.id),
    ) as string;
    const redated = header.replace(/"ts":"2\d/, '"ts":"19');
    const values = [redated, leafHash(redated), room.id];
    stored(
      server.dataDir,
      (db) => db.prepare('UPDATE entry SET header = ?, leaf_hash = ? WHERE channel_id = ? AND seq = 5').run(...values),
      false,
    );
    await server.start();

    await until(async () => (await healthOf(server)).entries !== 'ok');
    // Whoever kept a proof has it at once.
    expect(provenBy(kept.tlog_proof, leaf, keys).isProven).toBe(true);
    expect(provenBy(kept.tlog_proof, leafHashOf(redated), keys).isProven).toBe(false);
  });

  test('signs nothing when the log of the server itself was edited', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, door, SEATS);
    await room.alice.call('get_checkpoint', { channel_id: room.id });
    await server.stop();

    stored(server.dataDir, (db) => db.exec('UPDATE server_leaf SET leaf = REPLACE(leaf, \'"v":1\', \'"v":2\')'), false);
    await server.start();

    expect(await refusal(room.alice.call('get_checkpoint'))).toMatchObject({ code: 'LOG_ROLLED_BACK' });
  });
});

test('A damaged file of the newest head stops the signing', async () => {
  await using server = await startServer();
  await using room = await openRoom(server, door, SEATS);
  await room.alice.call('get_checkpoint', { channel_id: room.id });
  const file = join(server.dataDir, 'log-head.json');
  const isPrivate = (statSync(file).mode & 0o777) === 0o600;

  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10));
  await talk(room, 1);

  expect(isPrivate).toBe(true);
  expect(await refusal(room.alice.call('get_checkpoint', { channel_id: room.id }))).toMatchObject({
    code: 'LOG_ROLLED_BACK',
  });
});

async function talk(room: Room, times: number) {
  const post = (_: unknown, i: number) =>
    room.alice.call('post_message', { channel_id: room.id, body: `word ${i}`, wait_ms: 0 });
  for (let left = times; left > 0; left -= AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, post));
  }
}

async function proofsOf(room: Room) {
  const checkpoint = await room.alice.call('get_checkpoint', { channel_id: room.id });
  const proof = await room.alice.call('get_proof', { channel_id: room.id, msg_id: 7, size: checkpoint.size });
  return { checkpoint, proof };
}

const healthOf = async ({ url }: { url: string }) =>
  (await (await fetch(`${url}/healthz`)).json()) as Record<string, string>;

async function until(isSo: () => Promise<boolean>) {
  while (!(await isSo())) await setTimeout(50);
}

/** A copy of a stopped server's database. */
function copyOf({ dataDir }: RunningServer, name: string) {
  const copy = join(dataDir, `${name}.sqlite`);
  const file = join(dataDir, 'parley.sqlite');
  copyFileSync(file, copy);
  return {
    restore() {
      for (const rest of ['-wal', '-shm']) if (existsSync(file + rest)) rmSync(file + rest);
      copyFileSync(copy, file);
    },
  };
}
