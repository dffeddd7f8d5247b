import type { Entry } from './entry.entity.js';
import type { Tail } from './tail.js';
import type { Viewer } from './viewer.js';

/**
 * A wait for the next entry that one viewer may see. It listens from the moment it is made, before the log is read, so
 * that nothing falls between reading and waiting.
 */
export class News {
  private viewer?: Viewer;
  private missed: Entry[] = [];
  private timer?: NodeJS.Timeout;
  private wake = () => {};
  private readonly arrived: Promise<void>;
  private readonly unfollow: () => void;
  private readonly ends: AbortSignal[];

  constructor(tail: Tail, channelId: string, callerGone: AbortSignal) {
    this.arrived = new Promise((resolve) => {
      this.wake = resolve;
    });
    this.unfollow = tail.follow(channelId, (entry) => this.hear(entry));
    this.ends = [callerGone, tail.stopped];
    for (const end of this.ends) end.addEventListener('abort', this.wake, { once: true });
  }

  /** Resolves when there is something to see behind `seq`, after `ms`, or when the caller is gone or the server stops. */
  within(ms: number, viewer: Viewer, seq: number): Promise<void> {
    this.viewer = viewer;
    for (const entry of this.missed) if (entry.seq > seq) this.hear(entry);
    this.missed = [];
    this.timer = setTimeout(this.wake, ms);
    return this.arrived;
  }

  stop() {
    clearTimeout(this.timer);
    this.unfollow();
    for (const end of this.ends) end.removeEventListener('abort', this.wake);
  }

  private hear(entry: Entry) {
    if (!this.viewer) this.missed.push(entry);
    else if (this.viewer.canSee(entry)) this.wake();
  }
}
