import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

const MINUTE_S = 60;

/** Maximum number of remembered pairs of account and address; the oldest are forgotten. */
const MAX_KNOWN = 10_000;

/**
 * Limits password guesses per account and address, per address, and per account from all addresses. An address that has
 * lately signed in to an account is exempt from the last limit, so that a distributed attack does not lock out the
 * owner there. Names without an account are limited in the same way, so that the limits do not reveal which names
 * exist.
 */
@Injectable()
export class LoginLimits {
  private readonly ofPair = new RateLimiterMemory({ points: 8, duration: 10 * MINUTE_S });
  private readonly ofAddress = new RateLimiterMemory({ points: 60, duration: 10 * MINUTE_S });
  private readonly ofAccount = new RateLimiterMemory({ points: 30, duration: 5 * MINUTE_S });
  private readonly signUps = new RateLimiterMemory({ points: 60, duration: 60 * MINUTE_S });
  private readonly known = new Set<string>();

  /** Counts a guess before the password is checked. Returns the seconds to wait, 0 if the guess is allowed. */
  async guess(login: string, address: string): Promise<number> {
    const pair = pairOf(login, address);
    const limits: [RateLimiterMemory, string][] = [
      [this.ofAddress, address],
      [this.ofPair, pair],
    ];
    if (!this.known.has(pair)) limits.push([this.ofAccount, login]);
    for (const [limit, key] of limits) {
      const wait = await limit.consume(key).then(() => 0, secondsLeft);
      if (wait) return wait;
    }
    return 0;
  }

  /** Counts an attempt to create an account, which costs as much as a guess. Returns the seconds to wait. */
  signUp(address: string): Promise<number> {
    return this.signUps.consume(address).then(() => 0, secondsLeft);
  }

  /** Undoes the count of a guess that was correct. */
  async succeeded(login: string, address: string) {
    const pair = pairOf(login, address);
    await this.ofPair.delete(pair);
    await this.ofAddress.reward(address);
    if (!this.known.has(pair)) await this.ofAccount.reward(login);
    this.known.delete(pair);
    this.known.add(pair);
    const [oldest] = this.known;
    if (this.known.size > MAX_KNOWN && oldest) this.known.delete(oldest);
  }
}

const pairOf = (login: string, address: string) => `${login} ${address}`;

/** The seconds until a limiter allows the next attempt. Rethrows an error that is not a refusal of the limiter. */
function secondsLeft(reason: RateLimiterRes | Error): number {
  if (reason instanceof Error) throw reason;
  return Math.max(1, Math.ceil(reason.msBeforeNext / 1_000));
}
