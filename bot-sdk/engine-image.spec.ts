import { expect, test } from '@jest/globals';
import { EngineImage, erase } from './engine-image.js';
import { EngineMemory } from './engine-memory.js';

const PAGE = 4_096;
const ADDRESSES = [0, 1, PAGE - 1, 15 * PAGE, 16 * PAGE - 1, 16 * PAGE, 17 * PAGE + 5, 40 * PAGE + 1, 64 * PAGE - 1];

/** 64 pages with a byte at each address. */
function memoryWith(addresses: readonly number[]) {
  const memory = new EngineMemory({ initial: 4, maximum: 4 });
  const bytes = Buffer.from(memory.buffer);
  for (const at of addresses) bytes[at] = 1 + (at % 255);
  return { memory, bytes };
}

test('an image restores each byte of a memory that was erased', () => {
  for (const addresses of [ADDRESSES, [], ...ADDRESSES.map((at) => [at])]) {
    const { memory, bytes } = memoryWith(addresses);
    const before = Buffer.from(bytes);
    const image = EngineImage.of(memory);

    erase(memory);
    expect(bytes.every((byte) => byte === 0)).toBe(true);

    image.restore(memory);
    expect(bytes.equals(before)).toBe(true);
  }
});
