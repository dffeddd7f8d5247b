import { Injectable } from '@nestjs/common';
import { FirstOf } from '../kernel/first-of.js';

/** Resolves when whoever answers entries has dealt with this one, or the signal is aborted. */
type Answering = (channelId: string, seq: number, signal: AbortSignal) => Promise<void>;

/** Waiting for the bots' answers. `bots`, which stands later in the line, tells when they have dealt with an entry. */
@Injectable()
export class Replies {
  private answering: Answering = async () => {};

  toldBy(answering: Answering) {
    this.answering = answering;
  }

  /** At most `ms`, and no longer than the caller stays. */
  async settled(channelId: string, seq: number, ms: number, callerGone: AbortSignal) {
    if (ms <= 0) return;
    using over = new FirstOf([callerGone], ms);
    await this.answering(channelId, seq, over.signal);
  }
}
