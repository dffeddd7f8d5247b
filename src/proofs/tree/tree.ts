import { CompactRange, type NodePlace, subtreesOf } from './compact-range.js';
import { nodeHashOf } from './merkle.js';
import { consistencyProof, inclusionProof } from './proofs.js';

/** A complete subtree whose height is a multiple of STEP, and its hash. */
export interface StoredNode extends NodePlace {
  readonly hash: Buffer;
}

/** Where the leaves of one log and the hashes of its larger subtrees are. */
export interface TreeSource {
  /** The hashes of `count` leaves from `first` (from 0) on. Throws if there are fewer. */
  leaves(first: number, count: number): Promise<Buffer[]>;
  /** The known hashes among `count` nodes of `level` from `first` on. */
  nodes(level: number, first: number, count: number): Promise<StoredNode[]>;
  /** Keeps hashes, if it wants to. */
  keep(nodes: readonly StoredNode[]): Promise<void>;
}

/** Hashes of subtrees with 2^8, 2^16, … leaves are kept. */
const STEP = 8;
const WIDTH = 2 ** STEP;

/** The tree over the leaves of one log, for any size up to the number of its leaves. */
export class Tree {
  constructor(private readonly source: TreeSource) {}

  root(size: number): Promise<Buffer> {
    return this.range(size).then(({ root }) => root);
  }

  /** The hash of one leaf, counted from 0. */
  async leaf(index: number): Promise<Buffer> {
    const [hash] = await this.source.leaves(index, 1);
    return hash as Buffer;
  }

  range(size: number): Promise<CompactRange> {
    return this.reading(async (find) => {
      const nodes: Buffer[] = [];
      for (const place of subtreesOf(size)) nodes.push(await find(place));
      return CompactRange.of(size, nodes);
    });
  }

  inclusion(index: number, size: number): Promise<Buffer[]> {
    return this.reading((find) => inclusionProof(find, index, size));
  }

  consistency(from: number, size: number): Promise<Buffer[]> {
    return this.reading((find) => consistencyProof(find, from, size));
  }

  /** Gives the hashes of any complete subtrees, and keeps those that had to be computed. */
  private async reading<T>(work: (find: (place: NodePlace) => Promise<Buffer>) => Promise<T>): Promise<T> {
    const computed: StoredNode[] = [];
    const find = async ({ level, index }: NodePlace): Promise<Buffer> => {
      if (level % STEP)
        return merged(await below(level - (level % STEP), index * 2 ** (level % STEP), 2 ** (level % STEP)));
      const [node] = await below(level, index, 1);
      return node as Buffer;
    };
    const below = async (level: number, first: number, count: number): Promise<Buffer[]> => {
      if (level === 0) return this.source.leaves(first, count);
      const known = new Map((await this.source.nodes(level, first, count)).map(({ index, hash }) => [index, hash]));
      const nodes: Buffer[] = [];
      for (let index = first; index < first + count; index++) {
        const hash = known.get(index) ?? merged(await below(level - STEP, index * WIDTH, WIDTH));
        if (!known.has(index)) computed.push({ level, index, hash });
        nodes.push(hash);
      }
      return nodes;
    };
    const result = await work(find);
    if (computed.length) await this.source.keep(computed);
    return result;
  }
}

/** The root over 2^n hashes. */
function merged(hashes: readonly Buffer[]): Buffer {
  let level = [...hashes];
  while (level.length > 1) {
    const pairs = level.length / 2;
    level = Array.from({ length: pairs }, (_, i) => nodeHashOf(level[2 * i] as Buffer, level[2 * i + 1] as Buffer));
  }
  return level[0] as Buffer;
}
