import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { usage } from '../server/cli-error.js';
import type { CliSession } from '../session/cli-session.js';
import { visible } from '../terminal/visible.js';

export interface ExportOptions {
  readonly seat?: string;
}

/** A long log takes a while. */
const TIMEOUT_MS = 600_000;

/**
 * Saves the transcript of a channel, as the user may see it, in a file. The file appears under its name only when it is
 * complete.
 */
export async function exportTranscript(
  { server, out, signal }: CliSession,
  channel_id: string,
  given: string | undefined,
  { seat }: ExportOptions,
) {
  if (!/^[\w-]+$/.test(channel_id)) throw usage('The channel must be given by its id, chn_….', 'Run: parley channels');
  const file = given ?? `${channel_id}.parley.json.gz`;
  const query = seat === undefined ? '' : `?${new URLSearchParams({ seat })}`;
  const response = await server.request(`/channels/${channel_id}/transcript${query}`, { timeoutMs: TIMEOUT_MS });
  const saved = await save(resolve(file), Readable.fromWeb(response.body as ReadableStream), signal);
  out.answer({ channel_id, file, ...saved }, () => [
    `${visible(file)} (${saved.bytes} bytes)`,
    `sha256 ${saved.sha256}`,
  ]);
}

async function save(path: string, content: Readable, signal: AbortSignal) {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const unfinished = `${path}.part`;
  try {
    await pipeline(content, counted, createWriteStream(unfinished, { mode: 0o600 }), { signal });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}
