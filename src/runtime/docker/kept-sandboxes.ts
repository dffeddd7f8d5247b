import { inBackground } from '../../kernel/background.js';
import type { Sandbox } from './sandbox.js';

interface Kept<Bot> {
  readonly sandbox: Sandbox;
  readonly bot: Bot;
  readonly timer: NodeJS.Timeout;
}

/** Sandboxes that belong to a bot and wait for its next hook, the longest waiting first. */
export class KeptSandboxes<Bot extends { executed: string }> {
  private readonly kept = new Map<string, Kept<Bot>>();

  keep(key: string, sandbox: Sandbox, bot: Bot, idleMs: number) {
    const timer = setTimeout(() => inBackground('removing a sandbox', this.take(key)?.destroy()), idleMs);
    timer.unref();
    this.kept.set(key, { sandbox, bot, timer });
  }

  /** The bot's sandbox, which is then the caller's. One that ended, or was made for other code, is none. */
  take(key: string, bot?: Bot): Sandbox | undefined {
    const kept = this.kept.get(key);
    if (!kept) return undefined;
    this.kept.delete(key);
    clearTimeout(kept.timer);
    const isSame = bot === undefined || bot.executed === kept.bot.executed;
    if (kept.sandbox.isUsable && isSame) return kept.sandbox;
    inBackground('removing a sandbox', kept.sandbox.destroy());
    return undefined;
  }

  /** The one that has waited longest. */
  giveUpIdle(): Sandbox | undefined {
    const [key] = this.kept.keys();
    return key === undefined ? undefined : this.take(key);
  }
}
