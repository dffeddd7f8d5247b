import { leafHash } from '../../src/messaging/entry.js';
import { type Checkpoint, readCheckpoint } from '../../src/proofs/notes/checkpoint.js';
import { readNote, signersOf } from '../../src/proofs/notes/signed-note.js';
import { readTlogProof } from '../../src/proofs/notes/tlog-proof.js';
import { readVkey, type VerifierKey } from '../../src/proofs/notes/verifier-key.js';
import { isConsistent, rootFromInclusion, type TreeHead } from '../../src/proofs/tree/verification.js';
import { storedChannel } from './stored-log.js';

/** What a server publishes about its logs. */
export async function publishedLog({ url }: { readonly url: string }) {
  const answer = await fetch(`${url}/.well-known/parley-log`);
  return (await answer.json()) as { origin: string; keys: string[]; policy: string; checkpoint: string | null };
}

/** The checkpoint in a note that all these keys have signed. Throws if one has not. */
export function openedNote(note: string, keys: readonly string[]): Checkpoint {
  const read = readNote(note);
  const known = keys.map((key) => readVkey(key) as VerifierKey);
  const signers = read && signersOf(read, known);
  if (!read || signers?.length !== keys.length) throw new Error(`not signed by ${keys.join(', ')}:\n${note}`);
  return readCheckpoint(read.text) as Checkpoint;
}

/** The root to which a `.tlog-proof` file leads from a leaf, and the checkpoint in it. */
export function provenBy(file: string, hash: Uint8Array, keys: readonly string[]) {
  const proof = readTlogProof(file);
  if (!proof) throw new Error(`not a proof:\n${file}`);
  const checkpoint = openedNote(proof.checkpoint, keys);
  const root = rootFromInclusion({ index: proof.index, size: checkpoint.size, leafHash: hash }, proof.hashes);
  return {
    checkpoint,
    index: proof.index,
    isProven: root !== undefined && Buffer.compare(root, checkpoint.root) === 0,
  };
}

/** Whether the hashes of an answer prove that one head grew from another. */
export const hasGrown = (older: TreeHead, newer: TreeHead, hashes: readonly string[]) =>
  isConsistent(older, newer, hashes.map(bytesOf));

/** The leaf hashes of a channel, computed from the headers in the database. */
export const storedLeaves = (dataDir: string, channelId: string): Buffer[] =>
  storedChannel(dataDir, channelId).entries.map(({ header }) =>
    Buffer.from(leafHash(header).slice('sha256:'.length), 'hex'),
  );

const bytesOf = (base64: string) => Buffer.from(base64, 'base64');
