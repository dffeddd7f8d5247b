import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ServerKey } from '../../src/platform/secrets/server-key.js';
import { checkpointText } from '../../src/proofs/notes/checkpoint.js';
import { noteText, readNote, signersOf } from '../../src/proofs/notes/signed-note.js';
import { readVkey, type VerifierKey } from '../../src/proofs/notes/verifier-key.js';
import { CompactRange } from '../../src/proofs/tree/compact-range.js';
import { leafHashOf } from '../../src/proofs/tree/merkle.js';
import { Tree } from '../../src/proofs/tree/tree.js';
import { addCheckpointBody } from '../../src/proofs/witnesses/witness.js';
import { verify } from '../../verifier/verify.js';
import { openedNote, publishedLog } from '../support/checkpoints.js';
import { DOORS } from '../support/doors.js';
import { openRoom } from '../support/rooms.js';
import { scratchFolder } from '../support/scratch.js';
import { type RunningServer, startServer } from '../support/server.js';
import { exported } from '../support/transcripts.js';

const [[, door]] = DOORS as [(typeof DOORS)[number]];
const SEATS = { slots: ['invite:alice', 'invite:bob'] };
const NAME = 'witness.example/w1';

describe('A witness', () => {
  test('cosigns a log that grows, and refuses a fork with 409 and a wrong proof with 422, with both notes in a file', async () => {
    const log = ownLog();
    await using witness = await startWitness(log.vkey);
    const key = readVkey(witness.vkey) as VerifierKey;
    const [first, second] = [log.at(['a', 'b', 'c']), log.at(['a', 'b', 'c', 'd', 'e'])];

    const cosigned = await witness.add(0, [], first.note);
    const grown = await witness.add(3, await first.proofTo(second), second.note);

    expect([cosigned.status, grown.status]).toEqual([200, 200]);
    const withBoth = readNote(second.note + grown.body);
    expect(withBoth && signersOf(withBoth, [readVkey(log.vkey) as VerifierKey, key])).toHaveLength(2);

    const fork = log.at(['a', 'b', 'c', 'd', 'other']);
    expect(await witness.add(5, [], fork.note)).toMatchObject({ status: 409, body: '5\n', type: 'text/x.tlog.size' });
    const longer = log.at(['x', 'b', 'c', 'd', 'e', 'f']);
    expect(await witness.add(5, await longer.proofFrom(5), longer.note)).toMatchObject({ status: 422 });
    expect(await witness.add(3, [], first.note)).toMatchObject({ status: 409, body: '5\n' });

    const files = readdirSync(witness.folder);
    const [evidence = ''] = files.filter((name) => name.startsWith('fork-'));
    const { first: kept, second: shown } = JSON.parse(readFileSync(join(witness.folder, evidence), 'utf8'));
    expect(openedNote(kept, [log.vkey]).size).toBe(openedNote(shown, [log.vkey]).size);
    expect(openedNote(kept, [log.vkey]).root).not.toEqual(openedNote(shown, [log.vkey]).root);
    expect(files.filter((name) => name.startsWith('inconsistent-'))).toHaveLength(1);
  });

  test.each([
    ['a log that it does not know', 404, (log: OwnLog) => ownLog('other.example').at(['a', log.vkey]).note],
    ['a signature of another key', 403, () => ownLog().at(['a']).note],
    ['a note that is changed', 403, (log: OwnLog) => log.at(['a', 'b']).note.replace('\n2\n', '\n3\n')],
    ['something else', 400, () => 'hello'],
  ])('refuses %s with %i', async (_, status, noteOf) => {
    const log = ownLog();
    await using witness = await startWitness(log.vkey);

    expect(await witness.add(0, [], noteOf(log))).toMatchObject({ status });
  });
});

describe('A server with a witness', () => {
  test('keeps its cosignatures with the checkpoint, and a monitor follows its log until it shows another history', async () => {
    const dataDir = ownFolder('parley-key-');
    const { verifierKey } = ServerKey.of(dataDir, 'log.example');
    await using witness = await startWitness(verifierKey);
    const policy = join(dataDir, 'policy');
    writeFileSync(policy, `witness w1 ${witness.vkey} ${witness.url}\nquorum w1\n`);
    await using server = await startServer({ DATA_DIR: dataDir, WITNESSES: policy });
    await using room = await openRoom(server, door, SEATS);
    const state = join(dataDir, 'monitor.json');
    const monitor = (url: string) => monitored(url, '--key', verifierKey, '--state', state, '--once');

    await room.alice.call('get_checkpoint', { channel_id: room.id });
    const { cosigned, policy: published } = await untilCosigned(server, 0);
    const { size } = openedNote(cosigned, [verifierKey, witness.vkey]);
    expect(published).toBe(`log ${verifierKey}\nwitness w1 ${witness.vkey} ${witness.url}\nquorum w1\n`);
    expect(await monitor(server.url)).toEqual({ code: 0, said: '' });
    await room.alice.call('post_message', { channel_id: room.id, body: 'more', wait_ms: 0 });
    await room.alice.call('get_checkpoint', { channel_id: room.id });
    await untilCosigned(server, size);
    expect(await monitor(server.url)).toEqual({ code: 0, said: '' });

    // A file that is exported now satisfies the policy, and one that wants other witnesses is not satisfied.
    const { file } = await exported(room.alice, room.id);
    expect(await verify(file, { policy: published })).toMatchObject({ verdict: 'VERIFIED' });
    await using stranger = await startWitness(verifierKey, 'witness.example/w2');
    const wanted = `log ${verifierKey}\nwitness w2 ${stranger.vkey}\nquorum w2\n`;
    expect(await verify(file, { policy: wanted })).toMatchObject({ verdict: 'UNWITNESSED' });

    // The same key, and another history.
    const otherDir = ownFolder('parley-fork-');
    writeFileSync(join(otherDir, 'server-key.json'), readFileSync(join(dataDir, 'server-key.json')), { mode: 0o600 });
    await using fork = await startServer({ DATA_DIR: otherDir });
    await using elsewhere = await openRoom(fork, door, SEATS);
    for (let i = 0; i < 4; i++) {
      await elsewhere.alice.call('post_message', { channel_id: elsewhere.id, body: `other ${i}`, wait_ms: 0 });
      await elsewhere.alice.call('get_checkpoint', { channel_id: elsewhere.id });
    }

    expect(await monitor(fork.url)).toMatchObject({ code: 30, said: expect.stringMatching(/^DIVERGED: /) });
    const { checkpoint, diverged } = JSON.parse(readFileSync(state, 'utf8'));
    for (const note of [checkpoint, diverged]) expect(openedNote(note, [verifierKey]).origin).toBe('log.example');
  });
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function ownFolder(prefix: string): string {
  const folder = scratchFolder(prefix);
  folders.push(folder);
  return folder;
}

type OwnLog = ReturnType<typeof ownLog>;

/** A log whose owner may sign any history. */
function ownLog(origin = 'log.example') {
  const key = ServerKey.of(ownFolder('parley-log-'), origin);
  const { id, name } = readVkey(key.verifierKey) as VerifierKey;
  const at = (leaves: readonly string[]) => {
    const hashes = leaves.map(leafHashOf);
    const range = CompactRange.empty();
    for (const hash of hashes) range.append(hash);
    const text = checkpointText({ origin, size: range.size, root: range.root });
    const signature = key.keys[0]?.sign(text) as Buffer;
    const tree = new Tree({
      leaves: async (first, count) => hashes.slice(first, first + count),
      nodes: async () => [],
      keep: async () => {},
    });
    const proofFrom = (size: number) => tree.consistency(size, range.size);
    return {
      note: noteText({ text, signatures: [{ name, id, signature }] }),
      size: range.size,
      proofFrom,
      proofTo: (later: { proofFrom: typeof proofFrom }) => later.proofFrom(range.size),
    };
  };
  return { vkey: key.verifierKey, at };
}

async function startWitness(log: string, name = NAME) {
  const folder = ownFolder('parley-witness-');
  const args = ['--name', name, '--log', log, '--data', folder, '--port', '0'];
  const child: ChildProcess = spawn(process.execPath, [resolve('dist/src/witness.js'), ...args], { stdio: 'pipe' });
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  const [, , vkey = '', url = ''] = String(line).trim().split(' ');
  return {
    folder,
    vkey,
    url,
    async add(old: number, proof: readonly Buffer[], note: string) {
      const answer = await fetch(`${url}/add-checkpoint`, {
        method: 'POST',
        body: addCheckpointBody(old, proof, note),
      });
      return { status: answer.status, body: await answer.text(), type: answer.headers.get('content-type') };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function untilCosigned(server: RunningServer, after: number) {
  for (;;) {
    const found = (await publishedLog(server)) as Awaited<ReturnType<typeof publishedLog>> & {
      cosigned: string | null;
    };
    const { cosigned } = found;
    const size = Number(cosigned?.split('\n')[1] ?? 0);
    if (cosigned && size > after) return { ...found, cosigned };
    await setTimeout(50);
  }
}

/** The exit code of the monitor, and what it says about a failure. */
const monitored = (...args: string[]) =>
  new Promise<{ code: number | null; said: string }>((done) => {
    const child = execFile(process.execPath, [resolve('dist/src/monitor.js'), ...args], (_error, _out, said) =>
      done({ code: child.exitCode, said }),
    );
  });
