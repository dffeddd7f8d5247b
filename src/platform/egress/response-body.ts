import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { codeOf, WebRefusalError } from './refusal.js';

const MAX_LAYERS = 2;

/** Decompresses a body. Throws a refusal, before using the memory, if it would exceed the limit in bytes. */
export async function decodedBody(sent: Buffer, encodings = '', most: number, host: string): Promise<Buffer> {
  const layers = encodings.split(',').flatMap((name) => name.trim().toLowerCase() || []);
  if (!sent.length) return sent;
  if (layers.length > MAX_LAYERS) throw new WebRefusalError('FETCH_LIMIT', `${host} compressed its answer too often`);
  let body = sent;
  for (const layer of layers.reverse()) body = await unpacked(body, layer, most, host);
  return body;
}

async function unpacked(body: Buffer, layer: string, most: number, host: string): Promise<Buffer> {
  if (layer === 'identity') return body;
  const decode = decoderOf(layer, body);
  if (!decode) throw new WebRefusalError('UNREACHABLE', `${host} compressed its answer in a way it was not asked for`);
  try {
    return await decode(body, { maxOutputLength: most });
  } catch (error) {
    if (codeOf(error) !== 'ERR_BUFFER_TOO_LARGE')
      throw new WebRefusalError('UNREACHABLE', `${host} sent a broken answer`);
    throw new WebRefusalError('FETCH_LIMIT', `${host} answered with more than ${most} bytes`);
  }
}

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

function decoderOf(layer: string, body: Buffer): Decode | undefined {
  if (layer === 'gzip' || layer === 'x-gzip') return promisify(gunzip);
  if (layer === 'br') return promisify(brotliDecompress);
  if (layer !== 'deflate') return undefined;
  // Some servers omit the zlib header; the low four bits of the first byte are 8 if it is there.
  return ((body[0] ?? 0) & 0x0f) === 8 ? promisify(inflate) : promisify(inflateRaw);
}
