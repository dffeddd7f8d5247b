import { sha256 } from '../encoding/hashes.js';

/** The Merkle tree of RFC 6962, section 2.1, over SHA-256. */
export const leafHash = (leaf: string | Uint8Array): Uint8Array => sha256(Uint8Array.of(0), leaf);

export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(Uint8Array.of(1), left, right);

/** The root over leaf hashes. */
export function rootOf(leaves: readonly Uint8Array[], from = 0, to = leaves.length): Uint8Array {
  if (to === from) return sha256();
  if (to === from + 1) return leaves[from] as Uint8Array;
  const split = from + largestPowerOfTwoBelow(to - from);
  return nodeHash(rootOf(leaves, from, split), rootOf(leaves, split, to));
}

/**
 * The root that follows from a leaf and its audit path (RFC 9162, section 2.1.3.2); undefined if the path does not have the
 * length that a tree of this size demands.
 */
export function rootFromPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0 || index >= size) return undefined;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}

function largestPowerOfTwoBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
