export const BLOCK_BYTES = 65_536;

/** Takes the place of bot-sdk/is-zero.ts in the browser. `at` and `length` are multiples of four. */
export function isZero(bytes: Uint8Array, at: number, length: number): boolean {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, length / Int32Array.BYTES_PER_ELEMENT);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}
