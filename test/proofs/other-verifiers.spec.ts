import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readNote } from '../../src/proofs/notes/signed-note.js';
import { readVkey, type VerifierKey } from '../../src/proofs/notes/verifier-key.js';
import { publishedLog } from '../support/checkpoints.js';
import { DOORS, type Person } from '../support/doors.js';
import { openRoom, type Room } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

/** Where Debian's package golang-golang-x-mod-dev puts its source. */
const GOPATH = '/usr/share/gocode';
const hasGo = existsSync(`${GOPATH}/src/golang.org/x/mod/sumdb/tlog`) && spawnSync('go', ['version']).status === 0;
const onGo = hasGo || process.env.CI ? describe : describe.skip;
if (!hasGo && !process.env.CI)
  console.info('Go is not here: apt-get install golang-go golang-golang-x-mod-dev, and its verifier is tried too');

const [[, door]] = DOORS as [(typeof DOORS)[number]];
const server = useServer();

let room: Room;
let vkey: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-verifiers-'));
  room = await openRoom(server, door, { slots: ['invite:alice', 'invite:bob'] });
  vkey = (await publishedLog(server)).keys[0] as string;
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

onGo("The verifier of Go's checksum database", () => {
  test('accepts checkpoints, inclusion and consistency proofs of a channel and of the server', async () => {
    const cases = [...(await casesOf(room.bob, room.id)), ...(await casesOf(room.bob))];

    expect(verified(cases)).toEqual(cases.map(() => 'ok'));
  });

  test('refuses another leaf, another place, another hash and another root', async () => {
    const [inclusion, consistency] = (await casesOf(room.bob, room.id)) as [Case, Case];
    const other = Buffer.alloc(32, 1).toString('base64');
    const [first = '', ...rest] = inclusion.Hashes;

    const answers = verified([
      { ...inclusion, LeafHash: other },
      { ...inclusion, Index: (inclusion.Index ?? 0) + 1 },
      { ...inclusion, Hashes: [other, ...rest] },
      { ...inclusion, Hashes: [first, first, ...rest] },
      { ...consistency, Hashes: [other, ...consistency.Hashes.slice(1)] },
      { ...consistency, Checkpoint: consistency.Checkpoint.replace(/\n\d+\n/, '\n9\n') },
    ]);

    for (const answer of answers) expect(answer).toMatch(/invalid|tlog|note|signature/i);
  });
});

describe('openssl', () => {
  test('verifies the signature of a checkpoint, and refuses it over another text', async () => {
    const { checkpoint } = await room.bob.call('get_checkpoint', { channel_id: room.id });
    const { text, signatures } = readNote(checkpoint) as NonNullable<ReturnType<typeof readNote>>;
    const { key } = readVkey(vkey) as VerifierKey;
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
    const [keyFile, signatureFile] = [join(folder, 'key.der'), join(folder, 'signature')];
    writeFileSync(keyFile, der);
    writeFileSync(signatureFile, signatures[0]?.signature as Buffer);

    const isSigned = (signed: string) => {
      const textFile = join(folder, 'text');
      writeFileSync(textFile, signed);
      const how = ['-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey', keyFile, '-sigfile', signatureFile];
      return spawnSync('openssl', ['pkeyutl', ...how, '-in', textFile]).status === 0;
    };

    expect(isSigned(text)).toBe(true);
    expect(isSigned(text.replace('\n', ' \n'))).toBe(false);
  });
});

interface Case {
  readonly Checkpoint: string;
  readonly Earlier?: string;
  readonly Index?: number;
  readonly LeafHash?: string;
  readonly Hashes: readonly string[];
}

/** An inclusion and a consistency proof of a channel, or of the log of the server, as Go reads them. */
async function casesOf(person: Person, channel_id?: string): Promise<Case[]> {
  const log = channel_id ? { channel_id } : {};
  const { checkpoint: Earlier, size: from_size } = await person.call('get_checkpoint', log);
  for (let i = 0; i < 3; i++) await person.call('post_message', { channel_id: room.id, body: `word ${i}`, wait_ms: 0 });
  await person.call('get_checkpoint', { channel_id: room.id });
  const { checkpoint: Checkpoint, size } = await person.call('get_checkpoint', log);
  const place = channel_id ? { msg_id: 2 } : { index: 1 };
  const inclusion = await person.call('get_proof', { ...log, ...place, size });
  const consistency = await person.call('get_proof', { ...log, from_size, size });
  return [
    { Checkpoint, Index: inclusion.index, LeafHash: inclusion.leaf_hash, Hashes: inclusion.hashes },
    { Checkpoint, Earlier, Hashes: consistency.hashes },
  ];
}

/** What the Go program says about each case. */
function verified(cases: readonly Case[]): string[] {
  const input = cases.map((each) => `${JSON.stringify(each)}\n`).join('');
  const env = { PATH: process.env.PATH, GO111MODULE: 'off', GOPATH, GOCACHE: join(folder, 'cache'), HOME: folder };
  const program = resolve('test/support/verify-note.go');
  return execFileSync('go', ['run', program, vkey], { input, env, encoding: 'utf8' }).trim().split('\n');
}
