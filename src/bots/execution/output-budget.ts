/**
 * The bytes that one bot may write per minute because of one account, posts and states together: far more than a game
 * needs, far less than a disk has.
 */
const BYTES_A_MINUTE = 8_000_000;
/** The same while the disk is nearly full: enough for running games to end. */
const LOW_BYTES_A_MINUTE = 500_000;
const MINUTE_MS = 60_000;

/**
 * The bytes that each bot has written recently, separately for each account that caused them, so that no bot fills the
 * disk and no member uses up what another member's move needs. Lost at a restart, which is harmless.
 */
export class OutputBudget {
  private readonly spent = new Map<string, { bytes: number; since: number }>();

  /**
   * Whether a bot may write more for an account now. Called before a hook, and independent of what the hook will write:
   * otherwise a long result could be refused and drawn again.
   */
  hasRoom(key: string, now: number, isDiskLow = false): boolean {
    return this.accountOf(key, now).bytes < (isDiskLow ? LOW_BYTES_A_MINUTE : BYTES_A_MINUTE);
  }

  spend(key: string, bytes: number, now: number) {
    this.accountOf(key, now).bytes += bytes;
  }

  private accountOf(bot: string, now: number) {
    const spending = this.spent.get(bot);
    if (spending && now - spending.since < MINUTE_MS) return spending;
    const fresh = { bytes: 0, since: now };
    this.spent.delete(bot);
    this.spent.set(bot, fresh);
    this.forget(now);
    return fresh;
  }

  /** The map is ordered by age, oldest first. */
  private forget(now: number) {
    for (const [bot, { since }] of this.spent) {
      if (now - since < MINUTE_MS) return;
      this.spent.delete(bot);
    }
  }
}
