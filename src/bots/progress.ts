import type { Attachment } from './attachment.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId'>;

/** How far each bot has dealt with its log, beyond what its cursor tells: entries that fire no hook move no cursor. */
export class Progress {
  private readonly reachedBy = new Map<string, number>();
  private readonly held = new Set<string>();
  private readonly waiting = new Map<string, Set<() => void>>();

  of(bot: Bot): number {
    return this.reachedBy.get(keyOf(bot)) ?? 0;
  }

  reached(bot: Bot, seq: number) {
    this.reachedBy.set(keyOf(bot), seq);
    this.tell(bot.channelId);
  }

  /** Nobody waits for a bot whose code may not run now. */
  hold(bot: Bot) {
    this.held.add(keyOf(bot));
    this.tell(bot.channelId);
  }

  resume(bot: Bot) {
    this.held.delete(keyOf(bot));
  }

  isHeld(bot: Bot): boolean {
    return this.held.has(keyOf(bot));
  }

  gone(bot: Bot) {
    this.reachedBy.delete(keyOf(bot));
    this.held.delete(keyOf(bot));
    this.tell(bot.channelId);
  }

  /** `arrived` resolves at the next progress of any bot in the channel, when cancelled, or when the signal is aborted. */
  next(channelId: string, signal: AbortSignal): { arrived: Promise<void>; cancel: () => void } {
    let cancel = () => {};
    const arrived = new Promise<void>((resolve) => {
      const waiting = this.waiting.get(channelId) ?? new Set();
      this.waiting.set(channelId, waiting);
      cancel = () => {
        waiting.delete(cancel);
        if (!waiting.size && this.waiting.get(channelId) === waiting) this.waiting.delete(channelId);
        signal.removeEventListener('abort', cancel);
        resolve();
      };
      waiting.add(cancel);
      signal.addEventListener('abort', cancel, { once: true });
    });
    return { arrived, cancel };
  }

  /** Everyone who waits looks again. */
  tellAll() {
    for (const channelId of [...this.waiting.keys()]) this.tell(channelId);
  }

  private tell(channelId: string) {
    for (const done of [...(this.waiting.get(channelId) ?? [])]) done();
  }
}

const keyOf = ({ channelId, botId }: Bot) => `${channelId} ${botId}`;
