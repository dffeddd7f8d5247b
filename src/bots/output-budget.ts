/** What one bot may write in a minute, posts and states together: far more than a game needs, far less than a disk has. */
const BYTES_A_MINUTE = 8_000_000;
const MINUTE_MS = 60_000;

/** How much each bot has written lately, so that no bot fills the disk alone. Forgotten at a restart, which is harmless. */
export class OutputBudget {
  private readonly spent = new Map<string, { bytes: number; since: number }>();

  /** False, and nothing spent, where it would be too much. */
  spend(bot: string, bytes: number, now: number): boolean {
    const account = this.accountOf(bot, now);
    if (account.bytes + bytes > BYTES_A_MINUTE) return false;
    account.bytes += bytes;
    return true;
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
