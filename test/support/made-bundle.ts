import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { canonical, sha256 } from './longhand.js';

/** A draft of an entry: `hidden` ones have a kind that their header does not show. */
export interface MadeEntry {
  readonly kind: string;
  readonly from: string;
  readonly to?: string;
  readonly run?: number;
  readonly refs?: number[];
  readonly sig?: { nonce: string; value: string };
  readonly body: object;
  /** The viewer may not read it. */
  readonly isWithheld?: boolean;
  readonly ts?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: tests change any part of it
export type MadeBundle = Record<string, any>;

const HIDDEN = ['private', 'sealed', 'receipt', 'timer'];
const DER = '302e020100300506032b657004220420';

/** A key of the server, the same for the same name. */
export function makeKey(name: string, type = 1) {
  const seed = createHash('sha256').update(name).digest('hex');
  const secret = createPrivateKey({ key: Buffer.from(DER + seed, 'hex'), format: 'der', type: 'pkcs8' });
  const point = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  const coded = Buffer.concat([Buffer.from([type]), point]);
  const id = createHash('sha256').update(`${name}\n`).update(coded).digest().subarray(0, 4);
  return { name, id, secret, point, vkey: `${name}+${id.toString('hex')}+${coded.toString('base64')}` };
}
export type MadeKey = ReturnType<typeof makeKey>;

export function signedNote(text: string, ...keys: MadeKey[]): string {
  const lines = keys.map(({ name, id, secret }) => {
    const value = sign(null, Buffer.from(text), secret as KeyObject);
    return `\u2014 ${name} ${Buffer.concat([id, value]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** A line with which a witness cosigns a note. */
export function cosignature(text: string, time: bigint, { name, id, secret }: MadeKey): string {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(time);
  const value = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), secret as KeyObject);
  return `\u2014 ${name} ${Buffer.concat([id, stamp, value]).toString('base64')}\n`;
}

const hashOf = (...parts: (string | Uint8Array)[]) => Buffer.from(sha256(...parts), 'hex');

/** RFC 6962, section 2.1, as it is written there. */
export function treeHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return hashOf('');
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return hashOf(Uint8Array.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

/** RFC 6962, section 2.1.1: PATH(m, D[n]). */
export function auditPath(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  if (m < k) return [...auditPath(m, leaves.slice(0, k)), treeHash(leaves.slice(k))];
  return [...auditPath(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}

export const proofFile = (index: number, path: readonly Buffer[], checkpoint: string) =>
  ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path.map((hash) => hash.toString('base64')), '', checkpoint].join(
    '\n',
  );

export const ORIGIN = 'parley.example/log';
export const SERVER_KEY = makeKey(ORIGIN);

/** A bundle over these entries, made without any code of the server or of the verifier. */
export function makeBundle(drafts: readonly MadeEntry[], more: MadeBundle = {}): MadeBundle {
  const channel = 'chn_AAAAAAAAAAA';
  const entries = drafts.map((draft, i) => sealed(draft, channel, i + 1));
  return signedBundle({
    format: 'parley-bundle-v1',
    origin: ORIGIN,
    channel,
    viewer: 's1',
    entries,
    keys: [SERVER_KEY.vkey],
    policy: `log ${SERVER_KEY.vkey}\nquorum none\n`,
    sources: {},
    texts: {},
    states: {},
    exchanges: [],
    readme: 'how to check it by hand',
    ...more,
  });
}

/** Signs the log of a bundle anew, as a server does that has changed its history. */
export function signedBundle(bundle: MadeBundle, key = SERVER_KEY, cosign = (_: string) => ''): MadeBundle {
  const { channel, origin } = bundle;
  const entries = bundle.entries.map((entry: MadeBundle) => ({
    ...entry,
    leaf: `sha256:${leafOf(entry).toString('hex')}`,
  }));
  const leaves = entries.map(leafOf);
  const root = treeHash(leaves).toString('base64');
  const checkpoint = signedNote(`${origin}/ch/${channel}\n${leaves.length}\n${root}\n`, key);
  const leaf = canonical({ v: 1, type: 'channel', ch: channel, size: leaves.length, root });
  const server = ['an earlier leaf', leaf, 'a later leaf'].map((each) => hashOf(Uint8Array.of(0), each));
  const text = `${origin}\n${server.length}\n${treeHash(server).toString('base64')}\n`;
  const server_checkpoint = signedNote(text, key) + cosign(text);
  return {
    ...bundle,
    entries,
    checkpoint,
    server_checkpoint,
    checkpoint_proof: proofFile(1, auditPath(1, server), server_checkpoint),
    entry_proof: proofFile(leaves.length - 1, auditPath(leaves.length - 1, leaves), checkpoint),
  };
}

export const leafOf = ({ header }: MadeBundle): Buffer => hashOf(Uint8Array.of(0), canonical(header));

/** Commits to a draft (docs/log-format.md). */
export function sealed(draft: MadeEntry, ch: string, seq: number): MadeBundle {
  const { kind, from, to, run, refs, sig, body, isWithheld, ts } = draft;
  const isHidden = HIDDEN.includes(kind);
  const salt = createHash('sha256').update(`salt ${seq}`).digest();
  const common = { ...(run !== undefined && { run }), ...(refs && { refs }) };
  const opening = { ...(isHidden && { kind, from, ...(to && { to }), ...common }), ...(sig && { sig }), body };
  const header = {
    v: 1,
    ch,
    seq,
    ts: ts ?? new Date(1_700_000_000_000 + 1_000 * seq).toISOString(),
    ...(isHidden ? { kind: 'hidden' } : { kind, from, ...common }),
    body_commit: `sha256:${sha256('parley-body-v1', salt, canonical(opening))}`,
  };
  return { header, ...(!isWithheld && { opening: { salt: salt.toString('hex'), ...opening } }) };
}

/** The file of a bundle. */
export const fileOf = (bundle: MadeBundle): Uint8Array => gzipSync(canonical(bundle));

/** A little talk, with one message that the viewer may not read. */
export const TALK: readonly MadeEntry[] = [
  { kind: 'system', from: 'system', body: { type: 'channel_created', name: 'Talk', entropy: 'a coin' } },
  {
    kind: 'system',
    from: 'system',
    body: { type: 'member_joined', slot_id: 's1', label: 'alice', name: 'alice', role: 'player' },
  },
  {
    kind: 'system',
    from: 'system',
    body: { type: 'member_joined', slot_id: 's2', label: 'bob', name: 'bob', role: 'player' },
  },
  { kind: 'user', from: 's1', body: { text: 'hello \u{1f600} \u0000 "quoted"' } },
  { kind: 'private', from: 's2', to: 's1', body: { text: 'only for you' } },
  { kind: 'user', from: 's2', body: { n: 1e21, m: -0.5, list: [1, null, true, { __proto: 1 }] } },
  { kind: 'user', from: 's1', body: {} },
];
export const WITHHELD: MadeEntry = {
  kind: 'private',
  from: 's2',
  to: 's3',
  body: { text: 'not for you' },
  isWithheld: true,
};

/** A bundle that a server exported, with the members that its log signs, if they are not in it yet. */
export const completed = (bundle: MadeBundle): MadeBundle =>
  'checkpoint' in bundle
    ? bundle
    : signedBundle({
        ...bundle,
        origin: ORIGIN,
        keys: [SERVER_KEY.vkey],
        policy: `log ${SERVER_KEY.vkey}\nquorum none\n`,
      });
