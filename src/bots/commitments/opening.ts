import type { JsonObject } from '../../../bot-sdk/contract.js';
import { sha256 } from '../../kernel/hash.js';

const HASH = /^[0-9a-f]{64}$/;

/** The hash that a `bot:commit` binds its bot to; undefined where it holds none that could ever be opened. */
export const committedBy = ({ commit }: JsonObject): string | undefined =>
  typeof commit === 'string' && HASH.test(commit) ? commit : undefined;

/**
 * The hash that a `bot:reveal` opens: hex SHA-256 of `<value>|<nonce>`. Undefined where a field that says the same as another
 * says something else, because a reader may look at either.
 */
export function openedBy(reveal: JsonObject): string | undefined {
  const { value, nonce } = { value: sameOf(reveal, VALUES), nonce: sameOf(reveal, NONCES) };
  if (!isPlain(value) || typeof reveal.nonce !== 'string' || nonce !== reveal.nonce || nonce.includes('|'))
    return undefined;
  const opened = sha256(`${value}|${nonce}`).slice('sha256:'.length);
  return HASHES.every((name) => reveal[name] === undefined || reveal[name] === opened) ? opened : undefined;
}

const VALUES = ['value', 'target'];
const NONCES = ['nonce', 'salt'];
const HASHES = ['commit', 'hash', 'commitment', 'commitment_hash'];

function sameOf(reveal: JsonObject, names: string[]) {
  const given = names.flatMap((name) => (reveal[name] === undefined ? [] : [reveal[name]]));
  return given.every((each) => each === given[0]) ? given[0] : undefined;
}

/** Only what can be written in one way is hashed: whole numbers and text, neither with the separator in it. */
const isPlain = (value: unknown) => Number.isSafeInteger(value) || (typeof value === 'string' && !value.includes('|'));
