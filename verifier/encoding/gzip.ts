import { FormatError } from './json.js';

/**
 * Decompresses a gzip file (RFC 1952) of one member. Refuses a result that is larger than `most` before it is in memory,
 * and anything after the end.
 */
export async function gunzip(file: Uint8Array, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const source = new Blob([file as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > most) throw new FormatError(`the decompressed file is larger than ${most} bytes`);
      chunks.push(next.value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof FormatError ? error : new FormatError('the file is not valid gzip');
  }
  const content = joined(chunks, size);
  assertEndsWith(file, content);
  return content;
}

export const isGzip = (file: Uint8Array): boolean => file[0] === 0x1f && file[1] === 0x8b;

/** A member ends with the CRC and the size of its content. Some decoders ignore what follows, or read several members. */
function assertEndsWith(file: Uint8Array, content: Uint8Array) {
  const end = new DataView(file.buffer, file.byteOffset + file.length - 8, 8);
  if (end.getUint32(0, true) !== crc32(content) || end.getUint32(4, true) !== content.length % 2 ** 32) {
    throw new FormatError('the gzip file does not end after its content');
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) crc = (CRC[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
