import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { gzipOf } from './gzip.js';

test('the header contains neither a time nor a system', async () => {
  const bytes = Buffer.concat(await gzipOf(each('some ', 'text')).toArray());

  expect(gunzipSync(bytes).toString()).toBe('some text');
  expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
});

test('a text that fails gives a stream that fails', async () => {
  async function* failing() {
    yield 'some';
    throw new Error('no more');
  }

  await expect(gzipOf(failing()).toArray()).rejects.toThrow('no more');
});

async function* each(...pieces: string[]) {
  yield* pieces;
}
