import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CompactRange } from './compact-range.js';
import { EMPTY_ROOT, leafHashOf, splitOf } from './merkle.js';
import { type StoredNode, Tree } from './tree.js';
import { isConsistent, rootFromInclusion } from './verification.js';

/** The tree of the tests of Certificate Transparency: its leaves, and the roots over the first 1 to 8 of them. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const NODE = {
  leaf1: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  leaves23: '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  leaves4to7: '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  leaf4: 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  leaves67: 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  leaves45: '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
};
const [FIRST, , , FIRST_4] = ROOTS;

describe('The tree of the tests of Certificate Transparency', () => {
  const hashes = LEAVES.map((leaf) => leafHashOf(Buffer.from(leaf, 'hex')));
  const { tree } = treeOver(hashes);

  test.each(ROOTS.map((root, i) => [i + 1, root] as const))('has the known root at size %i', async (size, root) => {
    expect((await tree.root(size)).toString('hex')).toBe(root);
    expect(appended(hashes.slice(0, size)).root.toString('hex')).toBe(root);
  });

  test('without leaves has the hash of the empty text as root', () => {
    expect(CompactRange.empty().root.toString('hex')).toBe(createHash('sha256').update('').digest('hex'));
  });

  test.each([
    [0, 1, []],
    [0, 8, [NODE.leaf1, NODE.leaves23, NODE.leaves4to7]],
    [5, 8, [NODE.leaf4, NODE.leaves67, FIRST_4]],
    [2, 3, [ROOTS[1]]],
    [1, 5, [FIRST, NODE.leaves23, NODE.leaf4]],
  ])('has the known proof that it includes leaf %i at size %i', async (index, size, proof) => {
    expect(inHex(await tree.inclusion(index, size))).toEqual(proof);
  });

  test.each([
    [1, 1, []],
    [1, 8, [NODE.leaf1, NODE.leaves23, NODE.leaves4to7]],
    [6, 8, [NODE.leaves45, NODE.leaves67, FIRST_4]],
    [2, 5, [NODE.leaves23, NODE.leaf4]],
  ])('has the known proof that it is consistent from size %i to size %i', async (from, size, proof) => {
    expect(inHex(await tree.consistency(from, size))).toEqual(proof);
  });
});

describe('A tree of any size', () => {
  const hashes = Array.from({ length: 1_300 }, (_, i) => leafHashOf(`leaf ${i}`));
  /** Sizes around those at which subtrees become complete. */
  const SIZES = [1, 2, 3, 7, 8, 9, 255, 256, 257, 511, 512, 700, 1_024, 1_299, 1_300];

  test.each(SIZES)('of %i leaves has the root of a recursive tree', async (size) => {
    const root = naiveRoot(hashes.slice(0, size));

    expect(await treeOver(hashes).tree.root(size)).toEqual(root);
    expect((await treeOver(hashes).tree.range(size)).root).toEqual(root);
    expect(appended(hashes.slice(0, size)).root).toEqual(root);
  });

  test('goes on from a range that was computed from kept hashes', async () => {
    const { tree } = treeOver(hashes);

    for (const size of SIZES.slice(0, -1)) {
      const range = await tree.range(size);
      for (const hash of hashes.slice(size)) range.append(hash);
      expect(range.root).toEqual(naiveRoot(hashes));
    }
  });

  test('proves each leaf to the root, and no other leaf', async () => {
    const { tree } = treeOver(hashes);
    for (const size of SIZES) {
      const root = naiveRoot(hashes.slice(0, size));
      for (const index of new Set([0, 1, size >> 1, size - 2, size - 1].filter((i) => i >= 0 && i < size))) {
        const proof = await tree.inclusion(index, size);
        const leafHash = hashes[index] as Buffer;
        expect(rootFromInclusion({ index, size, leafHash }, proof)).toEqual(root);
        expect(rootFromInclusion({ index, size, leafHash: leafHashOf('another') }, proof)).not.toEqual(root);
        expect(rootFromInclusion({ index, size, leafHash }, [...proof, root])).toBeUndefined();
        if (index > 0) expect(rootFromInclusion({ index: index - 1, size, leafHash }, proof)).not.toEqual(root);
      }
    }
  });

  test('proves that it begins with each smaller tree, and with no other one', async () => {
    const { tree } = treeOver(hashes);
    const heads = SIZES.map((size) => ({ size, root: naiveRoot(hashes.slice(0, size)) }));
    for (const older of heads) {
      for (const newer of heads.filter(({ size }) => size >= older.size)) {
        const proof = await tree.consistency(older.size, newer.size);
        expect(isConsistent(older, newer, proof)).toBe(true);
        expect(isConsistent({ ...older, root: leafHashOf('other') }, newer, proof)).toBe(false);
        expect(isConsistent(older, { ...newer, root: leafHashOf('other') }, proof)).toBe(false);
        expect(isConsistent(older, newer, [...proof, newer.root])).toBe(false);
        if (proof.length) expect(isConsistent(older, newer, proof.slice(1))).toBe(false);
        if (older.size < newer.size) expect(isConsistent(newer, older, proof)).toBe(false);
      }
    }
  });

  test('reads kept hashes in place of leaves, and has the same root when they are lost', async () => {
    const first = treeOver(hashes);
    await first.tree.root(1_280);
    const again = treeOver(hashes, first.kept);

    expect(first.kept.size).toBe(5);
    expect(await again.tree.root(1_280)).toEqual(await treeOver(hashes).tree.root(1_280));
    expect(again.read()).toBe(0);
  });
});

/** A tree over leaves in memory, which counts the leaves that it reads. */
function treeOver(hashes: readonly Buffer[], kept = new Map<string, StoredNode>()) {
  let read = 0;
  const tree = new Tree({
    leaves: async (first, count) => {
      read += count;
      return hashes.slice(first, first + count);
    },
    nodes: async (level, first, count) =>
      [...kept.values()].filter((node) => node.level === level && node.index >= first && node.index < first + count),
    keep: async (nodes) => {
      for (const node of nodes) kept.set(`${node.level} ${node.index}`, node);
    },
  });
  return { tree, kept, read: () => read };
}

function appended(hashes: readonly Buffer[]): CompactRange {
  const range = CompactRange.empty();
  for (const hash of hashes) range.append(hash);
  return range;
}

/** RFC 6962 section 2.1, word by word. */
function naiveRoot(hashes: readonly Buffer[]): Buffer {
  if (!hashes.length) return EMPTY_ROOT;
  if (hashes.length === 1) return hashes[0] as Buffer;
  const k = splitOf(hashes.length);
  const inner = createHash('sha256')
    .update('\x01')
    .update(naiveRoot(hashes.slice(0, k)));
  return inner.update(naiveRoot(hashes.slice(k))).digest();
}

const inHex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));
