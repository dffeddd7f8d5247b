import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Report } from '../../verifier/report/report.js';
import type { Person } from './doors.js';
import { canonical, sha256 } from './longhand.js';
import { scratchFolder } from './scratch.js';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export interface BundledEntry {
  // biome-ignore lint/suspicious/noExplicitAny: a story knows what was logged
  readonly header: any;
  readonly leaf: string;
  // biome-ignore lint/suspicious/noExplicitAny: a story knows what was logged
  readonly opening?: any;
}

/** The file of `export_transcript`, as docs/bundle-format.md describes it. */
export interface Bundle {
  readonly format: string;
  readonly channel: string;
  readonly viewer: string;
  readonly entries: BundledEntry[];
  readonly sources: Record<string, { language: string; text: string }>;
  readonly texts: Record<string, { kind: string; text: string }>;
  readonly states: Record<string, Json>;
  // biome-ignore lint/suspicious/noExplicitAny: what a page answered
  readonly exchanges: { bot_id: string; run: number; n: number; request: any; answer: any }[];
  readonly readme: string;
}

export interface Exported {
  // biome-ignore lint/suspicious/noExplicitAny: what export_transcript answered
  readonly told: any;
  readonly file: Buffer;
  readonly text: string;
  readonly bundle: Bundle;
}

/** Exports a channel, downloads the file through its link, and checks that it is the file that was announced. */
export async function exported(person: Person, channel_id: string, seat?: string): Promise<Exported> {
  const told = await person.call('export_transcript', { channel_id, ...(seat && { seat }) });
  const response = await fetch(told.url);
  const file = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`the link answered with ${response.status}: ${file}`);
  if (sha256(file) !== told.sha256 || file.length !== told.bytes) throw new Error('another file than was announced');
  const text = gunzipSync(file).toString('utf8');
  const bundle = JSON.parse(text) as Bundle;
  if (canonical(bundle) !== text) throw new Error('it is not canonical JSON');
  if (bundle.entries.length !== told.size) throw new Error('another number of entries than was announced');
  return { told, file, text, bundle };
}

/** The open entries of a kind. */
export const openOf = ({ entries }: Bundle, kind: string) =>
  entries.filter(({ header, opening }) => opening && (opening.kind ?? header.kind) === kind);

/** The bodies of visible entries of a type. */
export const bodiesOf = ({ entries }: Bundle, type: string) =>
  entries.flatMap(({ header, opening }) =>
    header.kind !== 'hidden' && opening?.body.type === type ? [opening.body] : [],
  );

/** Checks each opening against its header. Returns the number of closed entries. */
export function closedIn({ entries, channel }: Bundle): number {
  for (const [i, { header, leaf, opening }] of entries.entries()) {
    if (header.seq !== i + 1 || header.ch !== channel) throw new Error(`entry ${i + 1} is another`);
    if (leaf !== `sha256:${sha256(Uint8Array.of(0), canonical(header))}`)
      throw new Error(`the leaf of ${i + 1} is not`);
    if (!opening) continue;
    const { salt, ...content } = opening;
    const commit = sha256('parley-body-v1', Buffer.from(salt, 'hex'), canonical(content));
    if (header.body_commit !== `sha256:${commit}`) throw new Error(`the opening of ${i + 1} does not fit`);
  }
  return entries.filter(({ opening }) => !opening).length;
}

/** What the verifier says of the file, in a process of its own, with the key that the server publishes pinned. */
export async function verified(
  { url }: { readonly url: string },
  file: Uint8Array,
  flags: string[] = [],
): Promise<Report> {
  const { keys } = (await (await fetch(`${url}/.well-known/parley-log`)).json()) as { keys: [string, ...string[]] };
  return verdictOn(file, ['--key', keys.at(-1) as string, ...flags]);
}

/** The same without a key, unless the flags name one. */
export function verdictOn(file: Uint8Array, flags: string[] = []): Report {
  const folder = scratchFolder('parley-verify-');
  try {
    const path = join(folder, 'bundle.parley.json.gz');
    writeFileSync(path, file);
    const args = [resolve('verifier/parley-verify.mjs'), path, '--facts', ...flags];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      maxBuffer: 1e9,
      timeout: 120_000,
      cwd: folder,
    });
    if (stdout === '') throw new Error(`the verifier ended with ${status}: ${stderr}`);
    return JSON.parse(stdout) as Report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The verdict, and in short what failed or was not checked. */
export const verdictOf = ({ verdict, claims }: Report) => [
  verdict,
  ...claims.flatMap(({ id, findings }) => findings.map(({ reason, text, entry }) => [id, reason, text, entry])),
];
