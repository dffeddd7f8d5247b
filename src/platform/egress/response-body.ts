import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { codeOf, WebRefusal } from './refusal.js';

const MOST_LAYERS = 2;

/** Undoes a body's compression. What would grow beyond `most` bytes is given up before it does. */
export async function decodedBody(sent: Buffer, encodings = '', most: number, host: string): Promise<Buffer> {
  const layers = encodings.split(',').flatMap((name) => name.trim().toLowerCase() || []);
  if (!sent.length) return sent;
  if (layers.length > MOST_LAYERS) throw new WebRefusal('FETCH_LIMIT', `${host} compressed its answer too often`);
  let body = sent;
  for (const layer of layers.reverse()) body = await unpacked(body, layer, most, host);
  return body;
}

async function unpacked(body: Buffer, layer: string, most: number, host: string): Promise<Buffer> {
  if (layer === 'identity') return body;
  const decode = decoderOf(layer, body);
  if (!decode) throw new WebRefusal('UNREACHABLE', `${host} compressed its answer in a way it was not asked for`);
  try {
    return await decode(body, { maxOutputLength: most });
  } catch (error) {
    if (codeOf(error) !== 'ERR_BUFFER_TOO_LARGE') throw new WebRefusal('UNREACHABLE', `${host} sent a broken answer`);
    throw new WebRefusal('FETCH_LIMIT', `${host} answered with more than ${most} bytes`);
  }
}

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

function decoderOf(layer: string, body: Buffer): Decode | undefined {
  if (layer === 'gzip' || layer === 'x-gzip') return promisify(gunzip);
  if (layer === 'br') return promisify(brotliDecompress);
  if (layer !== 'deflate') return undefined;
  // Some servers leave the zlib header out; with it the first byte says "deflate".
  return ((body[0] ?? 0) & 0x0f) === 8 ? promisify(inflate) : promisify(inflateRaw);
}
