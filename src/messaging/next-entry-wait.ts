import type { Arrival, Tail } from './tail.js';
import type { Viewer } from './viewer.js';

/**
 * Waits for the next entry that a viewer may see. It starts listening when it is created, before the log is read, so
 * that no entry is missed in between.
 */
export class NextEntryWait {
  private viewer?: Viewer;
  private missed: Arrival[] = [];
  private timer?: NodeJS.Timeout;
  private wake: (arrival?: Arrival) => void = () => {};
  private readonly end = () => this.wake();
  private readonly woken: Promise<Arrival | undefined>;
  private readonly unfollow: () => void;
  private readonly ends: AbortSignal[];

  constructor(tail: Tail, channelId: string, callerGone: AbortSignal) {
    this.woken = new Promise((resolve) => {
      this.wake = resolve;
    });
    this.unfollow = tail.follow(channelId, (arrival) => this.receive(arrival));
    this.ends = [callerGone, tail.stopped];
    for (const end of this.ends) end.addEventListener('abort', this.end, { once: true });
  }

  /**
   * Resolves with the first entry after `seq` that the viewer may see, or with undefined after `ms`, when the caller
   * disconnects, or when the server stops.
   */
  within(ms: number, viewer: Viewer, seq: number): Promise<Arrival | undefined> {
    this.viewer = viewer;
    for (const arrival of this.missed) if (arrival.entry.seq > seq) this.receive(arrival);
    this.missed = [];
    this.timer = setTimeout(this.end, ms);
    return this.woken;
  }

  stop() {
    clearTimeout(this.timer);
    this.unfollow();
    for (const end of this.ends) end.removeEventListener('abort', this.end);
  }

  private receive(arrival: Arrival) {
    if (!this.viewer) this.missed.push(arrival);
    else if (this.viewer.canSee(arrival.entry)) this.wake(arrival);
  }
}
