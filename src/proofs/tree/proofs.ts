import type { NodePlace } from './compact-range.js';
import { levelOf, nodeHashOf, splitOf } from './merkle.js';

/** Finds the hash of a complete subtree. */
export type FindNode = (place: NodePlace) => Promise<Buffer>;

/** The root over the leaves from `begin` to before `end`: MTH of RFC 6962 section 2.1. */
export async function rootOf(find: FindNode, begin: number, end: number): Promise<Buffer> {
  const size = end - begin;
  const level = levelOf(size);
  if (level !== undefined) return find({ level, index: begin / size });
  const middle = begin + splitOf(size);
  return nodeHashOf(await rootOf(find, begin, middle), await rootOf(find, middle, end));
}

/** The audit path of a leaf in a tree of `size` leaves, sibling of the leaf first: PATH of RFC 6962 section 2.1.1. */
export function inclusionProof(find: FindNode, index: number, size: number): Promise<Buffer[]> {
  return path(find, index, 0, size);
}

async function path(find: FindNode, index: number, begin: number, end: number): Promise<Buffer[]> {
  if (end - begin === 1) return [];
  const middle = begin + splitOf(end - begin);
  return index < middle
    ? [...(await path(find, index, begin, middle)), await rootOf(find, middle, end)]
    : [...(await path(find, index, middle, end)), await rootOf(find, begin, middle)];
}

/** The proof that a tree of `size` leaves begins with one of `from` leaves: PROOF of RFC 6962 section 2.1.2. */
export async function consistencyProof(find: FindNode, from: number, size: number): Promise<Buffer[]> {
  return from === 0 || from === size ? [] : subproof(find, from, { begin: 0, end: size }, true);
}

/** `isWhole`: the subtree is the whole earlier tree, whose root the verifier already has. */
async function subproof(
  find: FindNode,
  from: number,
  { begin, end }: { begin: number; end: number },
  isWhole: boolean,
): Promise<Buffer[]> {
  if (from === end) return isWhole ? [] : [await rootOf(find, begin, end)];
  const middle = begin + splitOf(end - begin);
  return from <= middle
    ? [...(await subproof(find, from, { begin, end: middle }, isWhole)), await rootOf(find, middle, end)]
    : [...(await subproof(find, from, { begin: middle, end }, false)), await rootOf(find, begin, middle)];
}
