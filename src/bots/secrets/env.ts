import { DomainError } from '../../kernel/errors.js';

/** Secrets by name, as a bot finds them in `ctx.env`. */
export type Env = Readonly<Record<string, string>>;

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
const MAX_NAMES = 16;
/** Shorter secrets could be guessed, and their text would appear by chance in what a bot posts. */
const MIN_CHARS = 16;
const MAX_CHARS = 4_096;

/** Reads the secrets that a caller gives to a bot. Throws a DomainError that repeats nothing of them. */
export function readEnv(given: Record<string, unknown>, field: string): Env {
  const entries = Object.entries(given).filter(([, value]) => value !== null);
  if (entries.length > MAX_NAMES) throw bad(`${field} has more than ${MAX_NAMES} secrets`);
  for (const [name, value] of entries) {
    if (!NAME.test(name))
      throw bad(`the names in ${field} must be like API_KEY: A-Z, 0-9 and _, at most 64 characters`);
    if (!isSecret(value)) {
      throw bad(
        `each secret in ${field} must be a text of ${MIN_CHARS} to ${MAX_CHARS} characters; use params for values that everyone may see`,
      );
    }
  }
  return Object.fromEntries(entries) as Env;
}

/** Throws unless the secrets are exactly those that the manifest names. */
export function assertExactlyNeeded(needed: readonly string[], env: Env) {
  const missing = needed.filter((name) => !Object.hasOwn(env, name));
  if (missing.length)
    throw new DomainError('BOT_INVALID', `needs_env: pass env with ${missing.join(', ')}`, { missing });
  assertOnlyNeeded(needed, Object.keys(env), 'env');
}

/** Throws if one of the names is not in the manifest: a bot gets only the secrets that it declares. */
export function assertOnlyNeeded(needed: readonly string[], names: readonly string[], field: string) {
  if (names.every((name) => needed.includes(name))) return;
  throw bad(`${field} has a name that is not in needs_env of the manifest`);
}

/** UTF-8 cannot encode text with an unpaired surrogate. */
const isSecret = (value: unknown) =>
  typeof value === 'string' && value.isWellFormed() && [...value].length >= MIN_CHARS && value.length <= MAX_CHARS;

const bad = (detail: string) => new DomainError('INVALID_REQUEST', detail);
