import { DomainError } from '../../kernel/errors.js';

/** Secrets by name, as a bot finds them in `ctx.env`. */
export type Env = Readonly<Record<string, string>>;

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
const MAX_NAMES = 16;
/** What is shorter could be guessed, and would be found in too much that a bot may say. */
const MIN_CHARS = 16;
const MAX_CHARS = 4_096;

/** Reads the secrets that somebody gives to a bot. Throws a DomainError that repeats nothing of what was given. */
export function readEnv(given: Record<string, unknown>, field: string): Env {
  const entries = Object.entries(given).filter(([, value]) => value !== null);
  if (entries.length > MAX_NAMES) throw bad(`${field} holds more than ${MAX_NAMES} secrets`);
  for (const [name, value] of entries) {
    if (!NAME.test(name)) throw bad(`the names in ${field} are like API_KEY: A-Z, 0-9 and _, at most 64`);
    if (!isSecret(value)) {
      throw bad(
        `each secret in ${field} is a text of ${MIN_CHARS} to ${MAX_CHARS} characters; params hold what everyone may see`,
      );
    }
  }
  return Object.fromEntries(entries) as Env;
}

/** Throws where the secrets are not exactly those that the manifest names. */
export function assertNeeded(needed: readonly string[], env: Env) {
  const missing = needed.filter((name) => !Object.hasOwn(env, name));
  if (missing.length)
    throw new DomainError('BOT_INVALID', `needs_env: give env with ${missing.join(', ')}`, { missing });
  assertOnlyNeeded(needed, Object.keys(env), 'env');
}

/** Throws where one of the names is not in the manifest: a bot is given what it says that it needs, and nothing else. */
export function assertOnlyNeeded(needed: readonly string[], names: readonly string[], field: string) {
  if (names.every((name) => needed.includes(name))) return;
  throw bad(`${field} holds a name that is not in needs_env of the manifest`);
}

const isSecret = (value: unknown) =>
  typeof value === 'string' && isWellFormed(value) && [...value].length >= MIN_CHARS && value.length <= MAX_CHARS;

/** Without half of a character that takes two, which no encoding can say. */
const isWellFormed = (text: string) => Buffer.from(text).toString() === text;

const bad = (detail: string) => new DomainError('INVALID_REQUEST', detail);
