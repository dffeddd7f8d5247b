import { createWriteStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { makeFolder } from '../platform/files/folder.js';

/**
 * Writes lines of JSON to `<folder>/<channel id>.jsonl.gz`, readable only by the server's user. When it resolves the
 * file is complete and synced to disk; after a crash before that no file of that name exists.
 */
export async function writeRetiredLog(folder: string, channelId: string, lines: AsyncIterable<object>): Promise<void> {
  makeFolder(folder);
  const file = join(folder, `${channelId}.jsonl.gz`);
  const unfinished = `${file}.part`;
  await pipeline(Readable.from(asText(lines)), createGzip(), createWriteStream(unfinished, { mode: 0o600 }));
  await synced(unfinished);
  await rename(unfinished, file);
  await synced(folder);
}

async function* asText(lines: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

async function synced(path: string) {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
