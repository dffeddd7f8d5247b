import { fromHex } from '../encoding/hashes.js';
import type { Json, JsonObject } from '../encoding/json.js';
import { hash, matching, natural, naturals, object, objectOf, oneOf, ShapeError, text } from './shape.js';

/** The kinds of entries; the headers of the second group all say `hidden`. */
const VISIBLE = ['user', 'bot', 'control', 'system'] as const;
const HIDDEN = ['private', 'sealed', 'receipt', 'timer'] as const;
export type Kind = (typeof VISIBLE)[number] | (typeof HIDDEN)[number];

/** One entry of the log, as the bundle has it. */
export interface Entry {
  readonly seq: number;
  readonly ts: string;
  readonly isHidden: boolean;
  readonly header: JsonObject;
  /** The leaf hash that the bundle names. */
  readonly leaf: string | undefined;
  /** Undefined if it is withheld or erased. */
  readonly opening: Opening | undefined;
}

/** What the commitment of an entry covers, with the facts that the header of a visible entry has. */
export interface Opening {
  readonly salt: Uint8Array;
  /** As it was hashed: without the salt. */
  readonly content: JsonObject;
  readonly kind: Kind;
  readonly from: string;
  readonly to: string | undefined;
  readonly run: number | undefined;
  readonly refs: readonly number[];
  readonly sig: { readonly nonce: string; readonly value: string } | undefined;
  readonly body: JsonObject;
}

/** An entry whose opening is there. */
export type OpenEntry = Entry & { readonly opening: Opening };

export const isOpen = (entry: Entry | undefined): entry is OpenEntry => entry?.opening !== undefined;

export function readEntry(value: Json, seq: number, channel: string): Entry {
  const {
    header: given,
    leaf,
    opening,
  } = objectOf(value, { header: object, 'leaf?': hash, 'opening?': object }, 'the entry', seq);
  const header = headerOf(given as JsonObject, seq);
  if (header.seq !== seq) throw new ShapeError(`entry ${seq} is missing: entry ${header.seq} is in its place`, seq);
  if (header.ch !== channel) throw new ShapeError('the header names another channel', seq);
  if (!isTime(header.ts as string)) throw new ShapeError('ts of the header is not a time', seq);
  const isHidden = header.kind === 'hidden';
  return {
    seq,
    ts: header.ts as string,
    isHidden,
    header,
    leaf: leaf as string | undefined,
    opening: opening === undefined ? undefined : openingOf(opening as JsonObject, header, isHidden, seq),
  };
}

function headerOf(header: JsonObject, seq: number): JsonObject {
  const common = { v: oneOf(1), ch: text, seq: natural, ts: text, body_commit: hash };
  const kind = header.kind;
  const shape =
    kind === 'hidden'
      ? { ...common, kind: text }
      : { ...common, kind: oneOf(...VISIBLE), from: text, 'run?': natural, 'refs?': naturals };
  return objectOf(header, shape, 'the header', seq);
}

const SALT = matching(/^[0-9a-f]{64}$/);
const SIGNED_BODY = { 'sig?': object, body: object };
const HIDDEN_OPENING = {
  kind: oneOf(...HIDDEN),
  from: text,
  'to?': text,
  'run?': natural,
  'refs?': naturals,
  ...SIGNED_BODY,
};

function openingOf(given: JsonObject, header: JsonObject, isHidden: boolean, seq: number): Opening {
  const shape = isHidden ? HIDDEN_OPENING : SIGNED_BODY;
  const { salt, ...content } = objectOf(given, { salt: SALT, ...shape }, 'the opening', seq);
  return {
    salt: fromHex(salt as string, 32) as Uint8Array,
    content,
    ...factsOf(content, isHidden ? content : header, seq),
  };
}

/** The opening of a hidden entry that a `revealed` entry repeats; undefined if it does not have that form. */
export function revealedOpening(content: Json | undefined, salt: Json | undefined, seq: number): Opening | undefined {
  try {
    objectOf(content, HIDDEN_OPENING, 'the opening', seq);
    if (!SALT(salt as Json)) return undefined;
    const facts = factsOf(content as JsonObject, content as JsonObject, seq);
    return { salt: fromHex(salt as string, 32) as Uint8Array, content: content as JsonObject, ...facts };
  } catch {
    return undefined;
  }
}

function factsOf(content: JsonObject, its: JsonObject, seq: number): Omit<Opening, 'salt' | 'content'> {
  const { sig, body } = content;
  if (sig !== undefined) {
    const shape = { nonce: matching(/^[0-9a-f]{32}$/), value: matching(/^[0-9a-f]{128}$/) };
    objectOf(sig, shape, 'the signature', seq);
  }
  return {
    kind: its.kind as Kind,
    from: its.from as string,
    to: its.to as string | undefined,
    run: its.run as number | undefined,
    refs: (its.refs as number[] | undefined) ?? [],
    sig: sig as Opening['sig'],
    body: body as JsonObject,
  };
}

/** ISO 8601 in UTC with milliseconds. */
function isTime(ts: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(ts)) return false;
  const time = new Date(ts);
  return !Number.isNaN(time.getTime()) && time.toISOString() === ts;
}
