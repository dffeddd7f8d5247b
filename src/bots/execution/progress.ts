import { Injectable } from '@nestjs/common';
import { Signals } from '../../platform/database/signals.js';
import type { Attachment } from '../attachments/attachment.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId'>;

/** Topics of signals about a bot: how far it is, that it cannot run hooks, that it can again. */
const REACHED = 'bot-reached';
const HELD = 'bot-held';
const RESUMED = 'bot-resumed';

/**
 * How far each bot has processed the log of its channel. This can be ahead of the stored cursor, which moves only when
 * a hook is committed. Only in memory: after a restart a bot starts at its cursor.
 */
@Injectable()
export class Progress {
  private readonly reachedBy = new Map<string, number>();
  private readonly held = new Set<string>();
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly signals: Signals) {
    signals.on(REACHED, (text) => this.remoteReached(text));
    signals.on(HELD, (text) => this.setHeld(readBot(text)));
    signals.on(RESUMED, (text) => this.held.delete(text));
    signals.onGap(() => this.notifyAll());
  }

  of(bot: Bot): number {
    return this.reachedBy.get(keyOf(bot)) ?? 0;
  }

  reached(bot: Bot, seq: number) {
    const known = this.reachedBy.get(keyOf(bot));
    this.reachedBy.set(keyOf(bot), seq);
    this.notify(bot.channelId);
    if (seq !== known) this.signals.send(REACHED, `${keyOf(bot)} ${seq}`);
  }

  /** The bot cannot run hooks now, so calls do not wait for it. */
  hold(bot: Bot) {
    if (!this.isHeld(bot)) this.signals.send(HELD, keyOf(bot));
    this.setHeld(bot);
  }

  /** The bot can run hooks, so calls wait for it. */
  resume(bot: Bot) {
    if (this.held.delete(keyOf(bot))) this.signals.send(RESUMED, keyOf(bot));
  }

  isHeld(bot: Bot): boolean {
    return this.held.has(keyOf(bot));
  }

  /** The bot was released. */
  forget(bot: Bot) {
    this.reachedBy.delete(keyOf(bot));
    this.held.delete(keyOf(bot));
    this.notify(bot.channelId);
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

  /** Resolves `arrived` for all waiting calls. */
  notifyAll() {
    for (const channelId of [...this.waiting.keys()]) this.notify(channelId);
  }

  private remoteReached(text: string) {
    const bot = readBot(text);
    const seq = Number(text.split(' ')[2]);
    this.held.delete(keyOf(bot));
    if (seq > this.of(bot)) this.reachedBy.set(keyOf(bot), seq);
    this.notify(bot.channelId);
  }

  private setHeld(bot: Bot) {
    this.held.add(keyOf(bot));
    this.notify(bot.channelId);
  }

  private notify(channelId: string) {
    for (const done of [...(this.waiting.get(channelId) ?? [])]) done();
  }
}

const keyOf = ({ channelId, botId }: Bot) => `${channelId} ${botId}`;

function readBot(text: string): Bot {
  const [channelId = '', botId = ''] = text.split(' ');
  return { channelId, botId };
}
