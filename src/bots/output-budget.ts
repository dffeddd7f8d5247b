/** What one bot may write in a minute because of one account, posts and states together: far more than a game needs, far less than a disk has. */
const BYTES_A_MINUTE = 8_000_000;
const MINUTE_MS = 60_000;

/**
 * How much each bot has written lately, for each of those who made it write, so that no bot fills the disk alone and nobody
 * uses up what another's move needs. Forgotten at a restart, which is harmless.
 */
export class OutputBudget {
  private readonly spent = new Map<string, { bytes: number; since: number }>();

  /**
   * Whether somebody may make a bot write more now. Asked before a hook, and never of what it wants to say: else a result
   * that is longer than another could be sent back, and drawn again.
   */
  hasRoom(key: string, now: number): boolean {
    return this.accountOf(key, now).bytes < BYTES_A_MINUTE;
  }

  spend(key: string, bytes: number, now: number) {
    this.accountOf(key, now).bytes += bytes;
  }

  private accountOf(bot: string, now: number) {
    const known = this.spent.get(bot);
    if (known && now - known.since < MINUTE_MS) return known;
    const fresh = { bytes: 0, since: now };
    this.spent.delete(bot);
    this.spent.set(bot, fresh);
    this.forget(now);
    return fresh;
  }

  /** The oldest are first in the map. */
  private forget(now: number) {
    for (const [bot, { since }] of this.spent) {
      if (now - since < MINUTE_MS) return;
      this.spent.delete(bot);
    }
  }
}
