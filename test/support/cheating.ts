import { prepare } from '../../bot-sdk/bundle.js';
import { canonical, sha256 } from './longhand.js';
import { type MadeBundle, ORIGIN, SERVER_KEY, signedBundle } from './made-bundle.js';

/**
 * What a server could give out that changes its history before it signs it: the change, with all commitments, leaves,
 * checkpoints and proofs made anew, under a key of its own.
 */
export function forged(bundle: MadeBundle, change: (copy: MadeBundle) => void): MadeBundle {
  const copy = structuredClone(bundle);
  change(copy);
  for (const { header, opening } of copy.entries) {
    if (!opening) continue;
    const { salt, ...content } = opening;
    header.body_commit = `sha256:${sha256('parley-body-v1', Buffer.from(salt, 'hex'), canonical(content))}`;
  }
  const policy = `log ${SERVER_KEY.vkey}\nquorum none\n`;
  return signedBundle({ ...copy, origin: ORIGIN, keys: [SERVER_KEY.vkey], policy });
}

/** The bodies of one type, with the `seq` of their entries. */
export const bodiesIn = ({ entries }: MadeBundle, type: string): { seq: number; body: MadeBundle }[] =>
  entries.flatMap(({ header, opening }: MadeBundle) =>
    opening?.body.type === type ? [{ seq: header.seq, body: opening.body }] : [],
  );

export const receiptsIn = ({ entries }: MadeBundle): { seq: number; body: MadeBundle }[] =>
  entries.flatMap(({ header, opening }: MadeBundle) =>
    opening?.kind === 'receipt' ? [{ seq: header.seq, body: opening.body }] : [],
  );

/** Lets the bot have run another source all along, with all hashes as they would be. */
export function replaceSource(bundle: MadeBundle, change: (source: string) => string) {
  const attach = bodiesIn(bundle, 'bot:attach')[0]?.body as MadeBundle;
  const { language, text } = bundle.sources[attach.code_hash];
  const source = change(text);
  const code = `sha256:${sha256(source)}`;
  const { executed } = prepare(source, language);
  const parts = JSON.parse(bundle.texts[attach.bundle_hash].text);
  const packages = Object.entries(parts.bundled).map(([name, hash]) => [name, bundle.texts[hash as string].text]);
  const hashed = { executed, language, kit: parts.kit, engine: parts.engine };
  const bundled = packages.length ? { bundled: Object.fromEntries(packages) } : {};
  const bundleHash = `sha256:${sha256(canonical({ ...hashed, ...bundled }))}`;
  const module = `sha256:${sha256(executed)}`;
  delete bundle.sources[attach.code_hash];
  delete bundle.texts[attach.bundle_hash];
  delete bundle.texts[parts.executed];
  bundle.sources[code] = { language, text: source };
  bundle.texts[module] = { kind: 'module', text: executed };
  bundle.texts[bundleHash] = { kind: 'bundle', text: canonical({ ...parts, executed: module }) };
  for (const { body } of [{ body: attach }, ...receiptsIn(bundle)]) {
    Object.assign(body, { code_hash: code, bundle_hash: bundleHash });
  }
}
