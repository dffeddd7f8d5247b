import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { Json, JsonObject } from '../../bot-sdk/contract.js';
import { type Hash, sha256 } from '../kernel/hash.js';

/** Kinds everyone may read, and kinds that look alike to everybody who may not. */
export type VisibleKind = 'user' | 'bot' | 'control' | 'system';
export type HiddenKind = 'private' | 'sealed' | 'receipt' | 'timer';
export type Kind = VisibleKind | HiddenKind;

const HIDDEN: readonly Kind[] = ['private', 'sealed', 'receipt', 'timer'];
export const isHidden = (kind: Kind): kind is HiddenKind => HIDDEN.includes(kind);

/** Both in hex. The nonce is what makes two signatures over the same words two. */
export type Signature = { readonly nonce: string; readonly value: string };

/** Something to be said, before it has its place in the log. */
export interface Draft {
  readonly kind: Kind;
  /** A slot id, `bot:<bot_id>` or `system`. */
  readonly from: string;
  /** Whom a private or sealed message is for: a slot id or a bot id. */
  readonly to?: string;
  /** The run of the bot that said it. */
  readonly run?: number;
  readonly refs?: readonly number[];
  /** The member's own, over what is said (docs/signatures.md). */
  readonly sig?: Signature;
  /** It holds words of a member's own, or of the network's. */
  readonly freeText?: boolean;
  readonly body: JsonObject;
}

/** One leaf of a channel's log, complete: the header everyone gets, and the opening of its commitment. */
export interface SealedEntry {
  readonly header: string;
  readonly salt: string;
  /** Canonical JSON of the opening without its salt. */
  readonly opening: string;
  readonly leaf: Hash;
}

/**
 * Commits to a draft at its place (design "Entry", v1). The header of a visible entry names kind and sender; that of a
 * hidden one only says that something was logged, and the rest moves into the opening. A signature is in the opening of
 * either, so that erasing what was said leaves nothing to try words against.
 */
export function sealEntry(draft: Draft, ch: string, seq: number, ts: string, salt = randomBytes(32)): SealedEntry {
  const { kind, from, to, run, refs, sig, body } = draft;
  const common = { ...(run !== undefined && { run }), ...(refs && { refs: [...refs] }) };
  const said = { ...(sig && { sig: { ...sig } }), body };
  const opening = canonicalJson(isHidden(kind) ? { kind, from, ...(to && { to }), ...common, ...said } : said);
  const body_commit = sha256('parley-body-v1', salt, opening);
  const header = canonicalJson({
    v: 1,
    ch,
    seq,
    ts,
    ...(isHidden(kind) ? { kind: 'hidden' } : { kind, from, ...common }),
    body_commit,
  } as Json);
  return { header, salt: salt.toString('hex'), opening, leaf: leafHash(header) };
}

/** RFC 6962 section 2.1: the hash of a leaf is over a zero byte and the leaf itself, here the canonical header. */
export const leafHash = (header: string) => sha256(Uint8Array.of(0), header);
