import { areEqual } from '../../verifier/encoding/hashes.js';
import { rootOf } from '../../verifier/notes/tree.js';
import type { History } from './history.js';

/**
 * Two histories of one log. `same`, or `continues`: one begins with all of the other. `differs`: they are two histories.
 * `undecided`: the files contain too little. `unrelated`: they are about two logs.
 */
export interface Comparison {
  readonly result: 'same' | 'continues' | 'differs' | 'undecided' | 'unrelated';
  /** The number of entries that both have, or for which they should be the same. */
  readonly size: number;
  /** The first entry that differs, if the files contain the entries. */
  readonly entry?: number;
}

/** Compares the first entries of two histories, as many as the shorter one has. */
export function compared(a: History, b: History): Comparison {
  const [shorter, longer] = a.checkpoint.size <= b.checkpoint.size ? [a, b] : [b, a];
  const { size, root, origin } = shorter.checkpoint;
  if (origin !== longer.checkpoint.origin) return { result: 'unrelated', size: 0 };
  const isSameSize = size === longer.checkpoint.size;
  const known = isSameSize ? longer.checkpoint.root : longer.leaves && rootOf(longer.leaves, 0, size);
  if (!known) return { result: 'undecided', size };
  if (areEqual(root, known)) return { result: isSameSize ? 'same' : 'continues', size };
  const entry = firstDifference(shorter.leaves, longer.leaves);
  return { result: 'differs', size, ...(entry !== undefined && { entry }) };
}

function firstDifference(a?: readonly Uint8Array[], b?: readonly Uint8Array[]): number | undefined {
  const at = b && a?.findIndex((leaf, i) => !areEqual(leaf, b[i] as Uint8Array));
  return at === undefined || at < 0 ? undefined : at + 1;
}
