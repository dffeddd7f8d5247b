import { pipeline, Readable, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';

/** The byte of the header that names the operating system (RFC 1952), and its value for "unknown". */
const OS_BYTE = 9;
const UNKNOWN_OS = 255;

/**
 * Compresses text as gzip. The header has neither a time nor the operating system, so the same text gives the same
 * bytes. If the text fails, the stream is destroyed with its error.
 */
export function gzipOf(pieces: AsyncIterable<string>): Readable {
  let isFirst = true;
  const withoutSystem = new Transform({
    transform(chunk: Buffer, _, done) {
      if (isFirst) chunk[OS_BYTE] = UNKNOWN_OS;
      isFirst = false;
      done(null, chunk);
    },
  });
  // Whoever reads the last stream hears of a failure there.
  return pipeline(Readable.from(pieces), createGzip(), withoutSystem, () => {});
}
