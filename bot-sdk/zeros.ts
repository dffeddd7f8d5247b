/** Large blocks: most of an engine's memory is zero, and one comparison of a block takes microseconds. */
export const BLOCK_BYTES = 65_536;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Whether at most BLOCK_BYTES bytes are all zero. */
export const isZero = (bytes: Buffer, at: number, length: number) =>
  ZEROS.compare(bytes, at, at + length, 0, length) === 0;

/**
 * Sets bytes to zero. What is zero already is only read, which takes less time, and leaves memory that was never used to
 * the system.
 */
export function setToZero(bytes: Buffer, from = 0, to = bytes.length): void {
  for (let at = from; at < to; at += BLOCK_BYTES) {
    const length = Math.min(BLOCK_BYTES, to - at);
    if (!isZero(bytes, at, length)) bytes.fill(0, at, at + length);
  }
}
