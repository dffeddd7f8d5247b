import { readBundleFile } from '../../verifier/bundle/read-file.js';
import { canonicalJson } from '../../verifier/encoding/canonical-json.js';
import { isGzip } from '../../verifier/encoding/gzip.js';
import { areEqual } from '../../verifier/encoding/hashes.js';
import { FormatError } from '../../verifier/encoding/json.js';
import { type Checkpoint, readCheckpoint } from '../../verifier/notes/checkpoint.js';
import { signersOf } from '../../verifier/notes/note.js';
import { leafHash, rootOf } from '../../verifier/notes/tree.js';
import { ED25519, readVerifierKey, type VerifierKey } from '../../verifier/notes/verifier-key.js';

/** What a file says about the log of a channel: a checkpoint, and in a bundle the entries under it. */
export interface History {
  readonly checkpoint: Checkpoint;
  /** The leaf hashes of the entries; undefined if the file is only a checkpoint. */
  readonly leaves?: readonly Uint8Array[];
  /** The keys that a bundle names. They are not trusted: they only show who has signed both of two files. */
  readonly keys: readonly VerifierKey[];
}

/** Reads a bundle (docs/bundle-format.md) or a checkpoint (a signed note). Throws a FormatError if it does not hold. */
export async function readHistory(file: Uint8Array): Promise<History> {
  if (!isGzip(file) && file[0] !== '{'.charCodeAt(0)) {
    return { checkpoint: readCheckpoint(new TextDecoder('utf-8', { fatal: false }).decode(file)), keys: [] };
  }
  const { entries, keys, ...bundle } = await readBundleFile(file);
  const checkpoint = readCheckpoint(bundle.checkpoint);
  const leaves = entries.map(({ header }) => leafHash(canonicalJson(header)));
  const isOfChannel = checkpoint.origin === `${bundle.origin}/ch/${bundle.channel}`;
  if (!isOfChannel || checkpoint.size !== leaves.length || !areEqual(rootOf(leaves), checkpoint.root)) {
    throw new FormatError('its entries are not those of its checkpoint');
  }
  return { checkpoint, leaves, keys: keys.map((key) => readVerifierKey(key, [ED25519])) };
}

/** The names of the keys that have signed both checkpoints. Throws a FormatError if a signature is wrong. */
export function signersOfBoth(a: History, b: History): string[] {
  const keys = [...a.keys, ...b.keys.filter(({ text }) => !a.keys.some((key) => key.text === text))];
  const others = signersOf(b.checkpoint.note, keys);
  return signersOf(a.checkpoint.note, keys).flatMap((key) => (others.includes(key) ? [key.text] : []));
}
