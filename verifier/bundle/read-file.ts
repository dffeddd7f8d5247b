import { gunzip, isGzip } from '../encoding/gzip.js';
import { FormatError, readJson } from '../encoding/json.js';
import { type Bundle, readBundle } from './bundle.js';

/** More than a channel of a hundred thousand messages needs, and little enough for the memory of any machine. */
const LIMITS = { bytes: 128_000_000, values: 4_000_000, depth: 60 };

/**
 * Reads the file of a bundle: gzip, or the JSON itself. Its work and memory are bounded, whatever the file contains.
 * Throws a FormatError, or a ShapeError that names the entry.
 */
export async function readBundleFile(file: Uint8Array): Promise<Bundle> {
  const json = isGzip(file) ? await gunzip(file, LIMITS.bytes) : file.subarray(0, LIMITS.bytes + 1);
  if (json.length > LIMITS.bytes) throw new FormatError(`the file is larger than ${LIMITS.bytes} bytes`);
  return readBundle(readJson(json, LIMITS));
}
