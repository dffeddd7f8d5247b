import { DomainError } from '../../kernel/errors.js';

/** Secrets by name, as a bot finds them in `ctx.env`. */
export type Env = Readonly<Record<string, string>>;

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
const MOST_NAMES = 16;
/** What is shorter cannot be told from what a bot may say. */
const LEAST_CHARS = 8;
const MOST_CHARS = 4_096;

/** Reads the secrets somebody gives to a bot; `null` takes one away. What is refused is never repeated. */
export function readEnv(given: Record<string, unknown>, field: string): Record<string, string | null> {
  const entries = Object.entries(given);
  if (entries.length > MOST_NAMES) throw bad(`${field} holds more than ${MOST_NAMES} secrets`);
  for (const [name, value] of entries) {
    if (!NAME.test(name)) throw bad(`the names in ${field} are like API_KEY: A-Z, 0-9 and _, at most 64`);
    if (value !== null && !isSecret(value)) {
      throw bad(
        `each secret in ${field} is a text of ${LEAST_CHARS} to ${MOST_CHARS} characters; params hold what everyone may see`,
      );
    }
  }
  return given as Record<string, string | null>;
}

export function mustHave(needed: readonly string[], env: Env) {
  const missing = needed.filter((name) => !Object.hasOwn(env, name));
  if (missing.length)
    throw new DomainError('BOT_INVALID', `needs_env: give env with ${missing.join(', ')}`, { missing });
}

export const withoutNulls = (env: Record<string, string | null>): Env =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== null));

export function mustNotBeTooMany(env: Env) {
  if (Object.keys(env).length > MOST_NAMES) throw bad(`a bot has at most ${MOST_NAMES} secrets`);
}

const isSecret = (value: unknown) =>
  typeof value === 'string' && value.length >= LEAST_CHARS && value.length <= MOST_CHARS;

const bad = (detail: string) => new DomainError('INVALID_REQUEST', detail);
