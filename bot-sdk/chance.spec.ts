import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Chance, type Entropy, runKey, seedCommit } from './chance.js';

interface Vector {
  seed: string;
  run: [channel: string, bot: string, round: number, run: number, entropy: Entropy];
  seed_commit: string;
  key: string;
  bytes_100: string;
  below: [k: number, drawn: number[]][];
  unit: number[];
}

const vectors: Vector[] = JSON.parse(readFileSync(join('bot-sdk', 'chance.vectors.json'), 'utf8'));
const fromHex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

/** A second, independent implementation of the documented rules. */
function longhand(seed: string, run: Vector['run']) {
  // JSON.stringify is canonical for the texts of the vectors.
  const key = createHmac('sha256', Buffer.from(seed, 'hex'))
    .update(JSON.stringify(['parley-run-v1', ...run]))
    .digest();
  const stream = Buffer.concat(
    Array.from({ length: 64 }, (_, i) =>
      createHmac('sha256', key)
        .update(Buffer.from(i.toString(16).padStart(16, '0'), 'hex'))
        .digest(),
    ),
  );
  const words = Array.from({ length: 256 }, (_, i) => stream.readBigUInt64BE(8 * i));
  return { key: key.toString('hex'), stream, words };
}

describe.each(vectors.map((vector) => [vector.run.join(' '), vector] as const))(
  'The randomness of run %s',
  (_, vector) => {
    const { key, stream, words } = longhand(vector.seed, vector.run);

    test('has the commitment of the test vector', () => {
      const commit = createHash('sha256').update('parley-seed-v1').update(fromHex(vector.seed)).digest('hex');

      expect(vector.seed_commit).toBe(commit);
      expect(seedCommit(fromHex(vector.seed))).toBe(commit);
    });

    test('has the key of the test vector', () => {
      expect(vector.key).toBe(key);
      expect(runKey(fromHex(vector.seed), ...vector.run)).toBe(key);
    });

    test('gives the same bytes, in whatever portions they are read', () => {
      const chance = new Chance(key);
      const inParts = [1, 31, 33, 0, 35].map((count) => Buffer.from(chance.bytes(count)).toString('hex')).join('');

      expect(vector.bytes_100).toBe(stream.subarray(0, 100).toString('hex'));
      expect(inParts).toBe(vector.bytes_100);
    });

    test.each(vector.below)('gives numbers below %d', (k, drawn) => {
      const chance = new Chance(key);

      expect(drawn).toEqual(drawn.map((__, i) => Number((words[i] ?? 0n) % BigInt(k))));
      expect(drawn.map(() => chance.below(k))).toEqual(drawn);
    });

    test('gives numbers from 0 to 1', () => {
      const chance = new Chance(key);

      expect(vector.unit).toEqual(vector.unit.map((__, i) => Number((words[i] ?? 0n) >> 11n) / 2 ** 53));
      expect(vector.unit.map(() => chance.unit())).toEqual(vector.unit);
    });
  },
);

describe('Drawing below k', () => {
  const scripted = (...words: bigint[]) =>
    new Chance('', (index) => {
      const block = Buffer.alloc(8);
      block.writeBigUInt64BE(words[Number(index)] ?? 0n);
      return new Uint8Array(block);
    });

  test('draws again above the last full multiple of k', () => {
    // 2^64 - 1 is divisible by 3 (6148914691236517205 * 3), so only the largest word is rejected.
    expect(scripted(2n ** 64n - 1n, 5n).below(3)).toBe(2);
    expect(scripted(2n ** 64n - 2n, 5n).below(3)).toBe(Number((2n ** 64n - 2n) % 3n));
  });

  test('never draws again for a power of two', () => {
    expect(scripted(2n ** 64n - 1n, 5n).below(2 ** 53)).toBe(2 ** 53 - 1);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53 + 2])('refuses k = %d', (k) => {
    expect(() => scripted().below(k)).toThrow(RangeError);
  });
});
