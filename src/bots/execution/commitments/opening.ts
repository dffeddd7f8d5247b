import type { JsonObject } from '../../../../bot-sdk/contract.js';
import { contentHash } from '../../../kernel/hash.js';
import { givenBy, objectsOf } from './aliases.js';

const HASH = /^[0-9a-f]{64}$/;

/** The hash in a `bot:commit`. `isClear`: all fields in which a reader may look contain the same hash. */
export interface CommittedHash {
  readonly hash: string;
  readonly isClear: boolean;
}

/** Undefined if no field contains a hash that could be opened. */
export function committedBy(body: JsonObject): CommittedHash | undefined {
  const hashes = objectsOf(body).flatMap((object) => givenBy(object).hash);
  const hash = [body.commit, ...hashes].find(isHash);
  return hash === undefined ? undefined : { hash, isClear: [body.commit, ...hashes].every((each) => each === hash) };
}

/**
 * The hash that a `bot:reveal` opens: hex SHA-256 of `<value>|<nonce>`. Undefined if two fields with the same meaning,
 * or with names that look alike, have different values, because a reader may look at either.
 */
export function openedBy(reveal: JsonObject): string | undefined {
  const [own, ...inner] = objectsOf(reveal).map(givenBy);
  const [value, nonce] = [reveal.value ?? reveal.target, reveal.nonce];
  if (!own || !isPlain(value) || typeof nonce !== 'string' || nonce.includes('|')) return undefined;
  const expectedHash = contentHash(`${value}|${nonce}`).slice('sha256:'.length);
  // A `value` in an inner object is about this commitment only if a nonce is next to it: a card has a value, too.
  const claims = [own, ...inner.filter((given) => given.value.length && given.nonce.length)];
  const isOne =
    claims.every((given) => given.value.every(is(value)) && given.nonce.every(is(nonce))) &&
    [own, ...inner].every(({ hash }) => hash.every(is(expectedHash))) &&
    own.secret.every((secret) => secret === value || secret === nonce);
  return isOne ? expectedHash : undefined;
}

const isHash = (value: unknown): value is string => typeof value === 'string' && HASH.test(value);
const is = (expected: unknown) => (given: unknown) => given === expected;

/** Only values with exactly one text form are hashed: whole numbers and texts, without the separator. */
const isPlain = (value: unknown) => Number.isSafeInteger(value) || (typeof value === 'string' && !value.includes('|'));
