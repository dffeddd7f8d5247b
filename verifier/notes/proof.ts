import { fromBase64 } from '../encoding/base64.js';
import { FormatError } from '../encoding/json.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import { rootFromPath } from './tree.js';

/** A C2SP proof of inclusion (c2sp.org/tlog-proof). `checkpointText`: the checkpoint exactly as it is in the proof. */
export interface Proof {
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
  readonly checkpointText: string;
}

/** A tree of 2^53 leaves has no longer path. */
const MAX_PATH = 53;

/** Throws a FormatError. A proof with extra data is refused, because nothing authenticates it. */
export function readProof(text: string): Proof {
  const [first, second = '', ...rest] = text.split('\n');
  if (first !== 'c2sp.org/tlog-proof@v1') throw new FormatError('a proof is not a c2sp.org/tlog-proof@v1');
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(second) ?? [];
  const index = Number(digits);
  if (!Number.isSafeInteger(index)) throw new FormatError('the index of a proof is malformed');
  const end = rest.indexOf('');
  if (end < 0 || end > MAX_PATH) throw new FormatError('a proof has no checkpoint');
  const path = rest.slice(0, end).map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== 32) throw new FormatError('a hash of a proof is malformed');
    return hash;
  });
  const checkpointText = rest.slice(end + 1).join('\n');
  return { index, path, checkpoint: readCheckpoint(checkpointText), checkpointText };
}

/** The root that the leaf has according to the proof; undefined if the proof does not fit the size of its checkpoint. */
export const provenRoot = ({ index, path, checkpoint }: Proof, leaf: Uint8Array): Uint8Array | undefined =>
  rootFromPath(leaf, index, checkpoint.size, path);
