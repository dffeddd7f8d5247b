import { inBackground } from '../../kernel/background.js';
import type { Sandbox } from './sandbox.js';

interface Kept<Bot> {
  readonly sandbox: Sandbox;
  readonly bot: Bot;
  readonly timer: NodeJS.Timeout;
}

/** Sandboxes bound to a bot that wait for its next hook, the longest idle first. */
export class KeptSandboxes<Bot extends { executed: string }> {
  private readonly kept = new Map<string, Kept<Bot>>();

  keep(key: string, sandbox: Sandbox, bot: Bot, idleMs: number) {
    const timer = setTimeout(() => inBackground('removing a sandbox', this.take(key)?.destroy()), idleMs);
    timer.unref();
    this.kept.set(key, { sandbox, bot, timer });
  }

  /** Removes and returns the bot's sandbox. Undefined if it has ended or was made for other code. */
  take(key: string, bot?: Bot): Sandbox | undefined {
    const entry = this.kept.get(key);
    if (!entry) return undefined;
    this.kept.delete(key);
    clearTimeout(entry.timer);
    const isSame = bot === undefined || bot.executed === entry.bot.executed;
    if (entry.sandbox.isUsable && isSame) return entry.sandbox;
    inBackground('removing a sandbox', entry.sandbox.destroy());
    return undefined;
  }

  /** Removes and returns the sandbox that has been idle longest. */
  evictIdle(): Sandbox | undefined {
    const [key] = this.kept.keys();
    return key === undefined ? undefined : this.take(key);
  }
}
