import { createHash } from 'node:crypto';

/** RFC 6962 section 2.1: the hash of a leaf. */
export const leafHashOf = (leaf: string | Uint8Array): Buffer =>
  createHash('sha256').update(LEAF).update(leaf).digest();

/** RFC 6962 section 2.1: the hash of an inner node. */
export const nodeHashOf = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(INNER).update(left).update(right).digest();

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** The largest power of two that is smaller than `n`; for n ≥ 2. Sizes have at most 53 bits. */
export function splitOf(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

/** The level of the subtree with `n` leaves; undefined if `n` is no power of two. */
export function levelOf(n: number): number | undefined {
  let level = 0;
  let rest = n;
  for (; rest % 2 === 0 && rest > 0; rest /= 2) level += 1;
  return rest === 1 ? level : undefined;
}
