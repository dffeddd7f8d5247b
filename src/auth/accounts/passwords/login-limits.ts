import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

const MINUTE_S = 60;

/** How many remembered pairs of account and address; the oldest make room. */
const MOST_KNOWN = 10_000;

/**
 * Slows down who guesses. Each address has few guesses at one account and more at all of them. Guesses at one account
 * from everywhere together are few, too, but an address that signed in to it lately is not counted there: so whoever
 * guesses from a thousand addresses keeps the owner waiting at most at a new place, and never for long.
 * Names that nobody has are limited like the others.
 */
@Injectable()
export class LoginLimits {
  private readonly ofPair = new RateLimiterMemory({ points: 8, duration: 10 * MINUTE_S });
  private readonly ofAddress = new RateLimiterMemory({ points: 60, duration: 10 * MINUTE_S });
  private readonly ofAccount = new RateLimiterMemory({ points: 30, duration: 5 * MINUTE_S });
  private readonly signUps = new RateLimiterMemory({ points: 60, duration: 60 * MINUTE_S });
  private readonly known = new Set<string>();

  /** Counts a guess before it is looked at. Answers with the seconds to wait where there were too many. */
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

  /** The same for making accounts, which costs the server as much as a guess. */
  signUp(address: string): Promise<number> {
    return this.signUps.consume(address).then(() => 0, secondsLeft);
  }

  /** Who was right is not counted. */
  async succeeded(login: string, address: string) {
    const pair = pairOf(login, address);
    await this.ofPair.delete(pair);
    await this.ofAddress.reward(address);
    if (!this.known.has(pair)) await this.ofAccount.reward(login);
    this.known.delete(pair);
    this.known.add(pair);
    const [oldest] = this.known;
    if (this.known.size > MOST_KNOWN && oldest) this.known.delete(oldest);
  }
}

const pairOf = (login: string, address: string) => `${login} ${address}`;

/** A limiter rejects with what is left of its time; anything else is a failure of its own. */
function secondsLeft(reason: RateLimiterRes | Error): number {
  if (reason instanceof Error) throw reason;
  return Math.max(1, Math.ceil(reason.msBeforeNext / 1_000));
}
