import { describe, expect, test } from '@jest/globals';
import { auditPath, treeHash } from '../../test/support/made-bundle.js';
import { leafHash, rootFromPath, rootOf } from './tree.js';

/** The reference data of the Certificate Transparency project for RFC 6962: eight leaves, and the root after each. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('The Merkle tree', () => {
  test.each(ROOTS.map((root, size) => [size, root] as const))(
    'of %i leaves of the reference data has their root',
    (size, root) => {
      const leaves = LEAVES.slice(0, size).map((leaf) => leafHash(Buffer.from(leaf, 'hex')));

      expect(hex(rootOf(leaves))).toBe(root);
    },
  );

  test('has for each leaf a path that leads to its root, and no other does', () => {
    for (const size of [1, 2, 3, 4, 5, 7, 8, 13, 16, 33]) {
      const leaves = Array.from({ length: size }, (_, i) => Buffer.from(leafHash(`leaf ${i}`)));
      const root = hex(treeHash(leaves));
      expect(hex(rootOf(leaves))).toBe(root);
      for (const [i, leaf] of leaves.entries()) {
        const path = auditPath(i, leaves);
        expect(hex(rootFromPath(leaf, i, size, path) as Uint8Array)).toBe(root);
        expect(rootFromPath(leaf, i, size, [...path, leaf])).toBeUndefined();
        if (path.length > 0) expect(rootFromPath(leaf, i, size, path.slice(1))).toBeUndefined();
        const other = (i + 1) % size;
        if (other !== i) expect(hex(rootFromPath(leaf, other, size, path) ?? leaf)).not.toBe(root);
      }
      expect(rootFromPath(leaves[0] as Buffer, size, size, [])).toBeUndefined();
      expect(rootFromPath(leaves[0] as Buffer, -1, size, [])).toBeUndefined();
    }
  });
});
