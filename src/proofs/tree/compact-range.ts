import { EMPTY_ROOT, nodeHashOf } from './merkle.js';

/**
 * The roots of the complete subtrees that a tree of some size consists of, largest first: all that is needed to append
 * leaves and to compute the root. It has one hash for each bit of the size that is set.
 */
export class CompactRange {
  private constructor(
    private readonly nodes: Buffer[],
    private count: number,
  ) {}

  static empty(): CompactRange {
    return new CompactRange([], 0);
  }

  /** `nodes`: the roots of the complete subtrees, largest first. */
  static of(size: number, nodes: readonly Buffer[]): CompactRange {
    return new CompactRange([...nodes], size);
  }

  get size(): number {
    return this.count;
  }

  copy(): CompactRange {
    return new CompactRange([...this.nodes], this.count);
  }

  append(leafHash: Buffer) {
    let node = leafHash;
    // Each bit that is set at the end of the size is a subtree of the same height as the new one.
    for (let rest = this.count; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHashOf(this.nodes.pop() as Buffer, node);
    }
    this.nodes.push(node);
    this.count += 1;
  }

  get root(): Buffer {
    return this.nodes.length ? this.nodes.reduceRight((right, left) => nodeHashOf(left, right)) : EMPTY_ROOT;
  }
}

/** A complete subtree: the node at `index` (from 0) of `level` (0: the leaves). */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

/** The complete subtrees of a tree of `size` leaves, largest first. */
export function subtreesOf(size: number): NodePlace[] {
  const places: NodePlace[] = [];
  for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) places.unshift({ level, index: rest - 1 });
  }
  return places;
}
