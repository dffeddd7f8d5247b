import { readBase64 } from './base64.js';
import { readSize } from './checkpoint.js';

/** A proof that a leaf is in the tree of a checkpoint. */
export interface TlogProof {
  /** From 0. */
  readonly index: number;
  /** From the sibling of the leaf to the child of the root. */
  readonly hashes: readonly Uint8Array[];
  /** The signed note. */
  readonly checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^63 leaves. */
const MAX_HASHES = 63;

/** The content of a `.tlog-proof` file (c2sp.org/tlog-proof@v1). */
export const tlogProofText = ({ index, hashes, checkpoint }: TlogProof): string =>
  [HEADER, `index ${index}`, ...hashes.map((hash) => Buffer.from(hash).toString('base64')), '', checkpoint].join('\n');

/** Reads a `.tlog-proof` file; undefined if it is not well-formed. What `extra` says is not proven, and is left out. */
export function readTlogProof(file: string): TlogProof | undefined {
  const end = file.indexOf('\n\n');
  const [header, ...lines] = file.slice(0, Math.max(0, end)).split('\n');
  if (header !== HEADER) return undefined;
  if (lines[0]?.startsWith('extra ') && !readBase64((lines.shift() as string).slice('extra '.length))) return undefined;
  const index = /^index /.test(lines[0] ?? '') ? readSize((lines.shift() as string).slice('index '.length)) : undefined;
  const hashes = lines.map(readBase64);
  if (index === undefined || hashes.length > MAX_HASHES) return undefined;
  const isWhole = hashes.every((hash): hash is Buffer<ArrayBuffer> => hash?.length === 32);
  return isWhole ? { index, hashes: hashes as Buffer[], checkpoint: file.slice(end + 2) } : undefined;
}
