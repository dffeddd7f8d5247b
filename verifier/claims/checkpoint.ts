import type { Bundle } from '../bundle/bundle.js';
import { areEqual } from '../encoding/hashes.js';
import { type Checkpoint, readCheckpoint } from '../notes/checkpoint.js';
import { type Proof, provenRoot, readProof } from '../notes/proof.js';
import { rootOf } from '../notes/tree.js';
import type { ClaimDraft } from '../report/claim.js';

/** The checkpoint is over exactly these entries, and the proof of the newest entry fits it. Undefined if it is unreadable. */
export function checkRoot(claim: ClaimDraft, bundle: Bundle, leaves: readonly Uint8Array[]): Checkpoint | undefined {
  const checkpoint = attempt(claim, 'the checkpoint', () => readCheckpoint(bundle.checkpoint));
  const proof = attempt(claim, 'the proof of the newest entry', () => readProof(bundle.entryProof));
  if (!checkpoint) return undefined;
  const { origin, size, root } = checkpoint;
  if (origin !== `${bundle.origin}/ch/${bundle.channel}`) claim.invalid('the checkpoint is of another log');
  if (size > leaves.length) {
    claim.invalid(`the checkpoint is over ${size} entries, and the bundle has ${leaves.length}`, leaves.length + 1);
  } else if (size < leaves.length) claim.invalid('the checkpoint does not cover the entry', size + 1);
  else if (!areEqual(rootOf(leaves), root)) {
    claim.invalid(`the root of the checkpoint is another one: ${differingPart(leaves, proof)}`);
  }
  claim.count(leaves.length);
  if (proof) checkNewest(claim, proof, bundle, leaves);
  return checkpoint;
}

function checkNewest(claim: ClaimDraft, proof: Proof, { checkpoint }: Bundle, leaves: readonly Uint8Array[]) {
  claim.count();
  if (proof.checkpointText !== checkpoint) claim.invalid('the proof of the newest entry has another checkpoint');
  if (proof.index !== proof.checkpoint.size - 1) claim.invalid('the proof of the newest entry is about another entry');
  // A number of entries that is wrong has been named already.
  if (proof.index !== leaves.length - 1) return;
  const root = provenRoot(proof, leaves[leaves.length - 1] as Uint8Array);
  if (!root || !areEqual(root, proof.checkpoint.root)) {
    claim.invalid('the proof of the newest entry does not lead to the root', leaves.length);
  }
}

/** The path of the newest entry holds the roots of the subtrees before it, so it tells in which of them a leaf differs. */
function differingPart(leaves: readonly Uint8Array[], proof: Proof | undefined): string {
  const subtrees = subtreesBefore(leaves.length);
  const path = proof?.path ?? [];
  if (path.length !== subtrees.length) return 'an entry differs';
  for (const [i, { from, to }] of subtrees.entries()) {
    const expected = path[path.length - 1 - i] as Uint8Array;
    if (!areEqual(rootOf(leaves, from, to), expected)) return `an entry from ${from + 1} to ${to} differs`;
  }
  return `entry ${leaves.length} differs`;
}

/** The complete subtrees to the left of the last leaf, from left to right. */
function subtreesBefore(size: number): { from: number; to: number }[] {
  const subtrees: { from: number; to: number }[] = [];
  let from = 0;
  while (size - from > 1) {
    let width = 1;
    while (width * 2 < size - from) width *= 2;
    subtrees.push({ from, to: from + width });
    from += width;
  }
  return subtrees;
}

/** Reads a part of the file; says so if it is malformed. */
export function attempt<T>(claim: ClaimDraft, what: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    claim.invalid(`${what} is malformed: ${(error as Error).message}`);
    return undefined;
  }
}

/** A checkpoint that somebody kept is of the same log, and its root is that of the first entries. */
export function checkKept(claim: ClaimDraft, text: string, bundle: Bundle, leaves: readonly Uint8Array[]) {
  const kept = attempt(claim, 'the kept checkpoint', () => readCheckpoint(text));
  if (!kept) return undefined;
  if (kept.origin !== `${bundle.origin}/ch/${bundle.channel}`) claim.diverged('the kept checkpoint is of another log');
  else if (kept.size > leaves.length) {
    claim.diverged(`the kept checkpoint is over ${kept.size} entries, more than the bundle has`, leaves.length + 1);
  } else if (!areEqual(rootOf(leaves, 0, kept.size), kept.root)) {
    claim.diverged(`one of the first ${kept.size} entries was another one when the checkpoint was kept`);
  }
  claim.count();
  return kept;
}
