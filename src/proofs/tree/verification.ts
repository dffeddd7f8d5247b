import { levelOf, nodeHashOf } from './merkle.js';

/**
 * The root that an audit path leads to from a leaf (RFC 9162 section 2.1.3.2); undefined if the path does not fit the
 * place.
 */
export function rootFromInclusion(
  { index, size, leafHash }: { index: number; size: number; leafHash: Uint8Array },
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0 || index >= size) return undefined;
  let [place, last] = [index, size - 1];
  let root: Uint8Array = leafHash;
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      root = nodeHashOf(sibling, root);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      root = nodeHashOf(root, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? root : undefined;
}

/** A tree of a log at one time. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether a proof shows that the tree `newer` begins with the tree `older` (RFC 9162 section 2.1.4.2). */
export function isConsistent(older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return !proof.length && equal(older.root, newer.root);
  if (older.size === 0) return !proof.length;
  const path = levelOf(older.size) !== undefined ? [older.root, ...proof] : [...proof];
  const [first, ...rest] = path;
  if (!first) return false;
  let [place, last] = [older.size - 1, newer.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [oldRoot, newRoot]: [Uint8Array, Uint8Array] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      oldRoot = nodeHashOf(hash, oldRoot);
      newRoot = nodeHashOf(hash, newRoot);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      newRoot = nodeHashOf(newRoot, hash);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equal(oldRoot, older.root) && equal(newRoot, newer.root);
}

const half = (n: number) => Math.floor(n / 2);
const equal = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
