/** The most bytes that `isZero` looks at. */
export const BLOCK_BYTES = 65_536;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Whether `length` bytes of a memory from `at` are zero. A browser build replaces this file: Buffer compares faster than a loop. */
export const isZero = (bytes: Uint8Array, at: number, length: number): boolean =>
  ZEROS.compare(bytes, at, at + length, 0, length) === 0;
