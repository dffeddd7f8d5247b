import { gunzipSync, gzipSync } from 'node:zlib';
import { nodeMeans } from '../verifier/node-means.js';
import { describe } from '../verifier/printing.js';
import { verify } from '../verifier/verify.js';
import type { Session } from './sessions.js';
import { headline, note, say } from './transcript.js';

/** A session exports a channel and checks the file offline; then one byte of the file is changed. */
export async function checkedFile(bob: Session, url: string, channel_id: string) {
  const { keys } = (await (await fetch(new URL('/.well-known/parley-log', url))).json()) as { keys: string[] };
  const told = await bob.call('export_transcript', { channel_id });
  const file = Buffer.from(await (await fetch(told.url)).arrayBuffer());
  note(`Bob exports the channel: ${told.size} entries, ${file.length} bytes, sha256 ${told.sha256.slice(0, 30)}…`);
  note('From here on no server is needed: parley-verify FILE --key KEY does the same.');
  say();
  await check(file, keys);

  headline('Somebody changes one byte of the file');
  const text = gunzipSync(file).toString();
  const changed = text.replace(/("type":"bet")/, '"type":"Bet"');
  const entry = text.slice(0, text.indexOf('"type":"bet"')).match(/"header":/g)?.length;
  note(`In entry ${entry}, a letter of a bet.`);
  say();
  await check(gzipSync(changed), keys);
}

async function check(file: Uint8Array, keys: readonly string[]) {
  const report = await verify(file, { keys }, nodeMeans());
  for (const line of describe(report).split('\n')) say(`  ${line}`);
}
