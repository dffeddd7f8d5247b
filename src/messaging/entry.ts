import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { Json, JsonObject } from '../../bot-sdk/contract.js';
import { contentHash, type Hash } from '../kernel/hash.js';

/** Kinds that everyone may read, and hidden kinds, whose headers all look the same. */
export type VisibleKind = 'user' | 'bot' | 'control' | 'system';
export type HiddenKind = 'private' | 'sealed' | 'receipt' | 'timer';
export type Kind = VisibleKind | HiddenKind;

const HIDDEN: readonly Kind[] = ['private', 'sealed', 'receipt', 'timer'];
export const isHidden = (kind: Kind): kind is HiddenKind => HIDDEN.includes(kind);

/** Both in hex. The nonce makes each signature unique, even for equal text. */
export type Signature = { readonly nonce: string; readonly value: string };

/** An entry before it has its `seq`. */
export interface EntryDraft {
  readonly kind: Kind;
  /** A slot id, `bot:<bot_id>` or `system`. */
  readonly from: string;
  /** The recipient of a private or sealed message: a slot id or a bot id. */
  readonly to?: string;
  /** The run number of the bot that posted it. */
  readonly run?: number;
  readonly refs?: readonly number[];
  /** The member's signature over the message (docs/signatures.md). */
  readonly sig?: Signature;
  /** It contains free text of a member or from the network. */
  readonly freeText?: boolean;
  readonly body: JsonObject;
}

/** A complete leaf of a channel's log: the public header, and the opening of its commitment. */
export interface SealedEntry {
  readonly header: string;
  readonly salt: string;
  /** Canonical JSON of the opening without its salt. */
  readonly opening: string;
  readonly leaf: Hash;
}

/**
 * Commits to a draft at its place (docs/log-format.md). The header of a visible entry contains kind and sender. The
 * header of a hidden entry only shows that something was logged; the rest is in the opening. The signature is always in
 * the opening, so that after a body was erased nobody can test guesses of it against the signature.
 */
export function sealEntry(draft: EntryDraft, ch: string, seq: number, ts: string, salt = randomBytes(32)): SealedEntry {
  const { kind, from, to, run, refs, sig, body } = draft;
  const common = { ...(run !== undefined && { run }), ...(refs && { refs: [...refs] }) };
  const signedBody = { ...(sig && { sig: { ...sig } }), body };
  const opening = canonicalJson(
    isHidden(kind) ? { kind, from, ...(to && { to }), ...common, ...signedBody } : signedBody,
  );
  const body_commit = contentHash('parley-body-v1', salt, opening);
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

/** RFC 6962 section 2.1: a leaf hash is over a zero byte and the leaf, here the canonical header. */
export const leafHash = (header: string) => contentHash(Uint8Array.of(0), header);
