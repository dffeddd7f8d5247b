import { Injectable } from '@nestjs/common';
import { hashPassword, isPassword } from './password-hash.js';

export const MIN_PASSWORD_LENGTH = 10;
const MAX_PASSWORD_LENGTH = 200;

/** How many passwords are hashed at once; each uses 32 MB and one of Node's four threads. */
const MAX_AT_ONCE = 2;
/** Further attempts are refused while this many wait. */
const MAX_WAITING = 100;

/** Too many people are signing in at once. */
export class TooBusyError extends Error {
  override readonly name = 'TooBusy';
}

/** Hashes and verifies passwords, a few at a time, so that other work of the thread pool is not delayed. */
@Injectable()
export class Passwords {
  private busy = 0;
  private readonly waiting: (() => void)[] = [];

  hash(password: string): Promise<string> {
    return this.inTurn(() => hashPassword(password));
  }

  /** Verifies a password. `stored` is null if there is no such account; the check then takes the same time. */
  check(password: string, stored: string | null): Promise<boolean> {
    return this.inTurn(() => isPassword(password.slice(0, MAX_PASSWORD_LENGTH), stored));
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting.length >= MAX_WAITING) throw new TooBusyError();
    if (this.busy >= MAX_AT_ONCE) await new Promise<void>((next) => this.waiting.push(next));
    else this.busy += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }
}

/** Why a new password is not acceptable, as a sentence; undefined if it is. */
export function weaknessOf(password: string, name: string): string | undefined {
  const { length } = [...password];
  if (length < MIN_PASSWORD_LENGTH) return `A password must have at least ${MIN_PASSWORD_LENGTH} characters.`;
  if (password.length > MAX_PASSWORD_LENGTH) return `A password can have at most ${MAX_PASSWORD_LENGTH} characters.`;
  if (new Set(password).size < 4) return 'Use more than three different characters.';
  if (password.toLowerCase().includes(name.toLowerCase()) && length < name.length + MIN_PASSWORD_LENGTH - 2) {
    return 'A password must not be just your name.';
  }
  return undefined;
}
