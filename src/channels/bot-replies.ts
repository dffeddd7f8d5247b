import { FirstOf } from '../kernel/first-of.js';

/** The default time to wait for bots, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** Waits until the bots of a channel have processed entries. Implemented by `bots`, a later module. */
export abstract class BotReplies {
  /** Resolves when the bots have processed an entry, after at most `ms`, or when the caller disconnects. */
  async waitForEntry(channelId: string, seq: number, ms: number, callerGone: AbortSignal): Promise<void> {
    if (ms <= 0) return;
    using over = new FirstOf([callerGone], ms);
    await this.untilSettled(channelId, seq, over.signal);
  }

  /** Resolves when the bots have processed all entries, so that a following read contains their answers. */
  async waitForAll(channelId: string, callerGone: AbortSignal): Promise<void> {
    using over = new FirstOf([callerGone], TIMEOUT_MS);
    await this.untilCaughtUp(channelId, over.signal);
  }

  /** Resolves when every bot of the channel has processed the entry, the signal aborts, or the server stops. */
  protected abstract untilSettled(channelId: string, seq: number, signal: AbortSignal): Promise<void>;

  /** Like `untilSettled`, for the newest entry of the channel. */
  protected abstract untilCaughtUp(channelId: string, signal: AbortSignal): Promise<void>;
}
