import { Injectable } from '@nestjs/common';
import { hashPassword, isPassword } from './password-hash.js';

export const SHORTEST_PASSWORD = 10;
const LONGEST_PASSWORD = 200;

/** So many are looked at together; each takes a thread of Node's four and 32 MB. */
const AT_ONCE = 2;
/** Who comes when so many wait already is sent away. */
const MOST_WAITING = 100;

/** More people sign in at once than the server looks at. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

/** Hashes and checks passwords, a few at a time, so that signing in never takes the threads that everything else needs. */
@Injectable()
export class Passwords {
  private busy = 0;
  private readonly waiting: (() => void)[] = [];

  hash(password: string): Promise<string> {
    return this.inTurn(() => hashPassword(password));
  }

  /** As slow where there is no such account. */
  check(password: string, stored: string | null): Promise<boolean> {
    return this.inTurn(() => isPassword(password.slice(0, LONGEST_PASSWORD), stored));
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting.length >= MOST_WAITING) throw new TooBusy();
    if (this.busy >= AT_ONCE) await new Promise<void>((next) => this.waiting.push(next));
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

/** What is wrong with a new password, in a sentence; undefined where it will do. */
export function weaknessOf(password: string, name: string): string | undefined {
  const { length } = [...password];
  if (length < SHORTEST_PASSWORD) return `A password has at least ${SHORTEST_PASSWORD} characters.`;
  if (password.length > LONGEST_PASSWORD) return `A password has at most ${LONGEST_PASSWORD} characters.`;
  if (new Set(password).size < 4) return 'Use more than three different characters.';
  if (password.toLowerCase().includes(name.toLowerCase()) && length < name.length + SHORTEST_PASSWORD - 2) {
    return 'A password is more than your name.';
  }
  return undefined;
}
