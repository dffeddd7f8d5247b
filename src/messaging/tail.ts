import { setMaxListeners } from 'node:events';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Entry } from './entry.entity.js';

type Hear = (arrival: Arrival) => void;

/** A new entry, and what those whom it wakes read alike, so that it is read once for all of them. */
export class Arrival {
  private readonly shared = new Map<number, Promise<unknown>>();

  constructor(readonly entry: Entry) {}

  /** The result of the first `read` of those who have seen the log up to `after`. */
  share<T>(after: number, read: () => Promise<T>): Promise<T> {
    const known = this.shared.get(after) ?? read();
    this.shared.set(after, known);
    return known as Promise<T>;
  }
}

const AT_ONCE = 32;

/** Notifies waiting callers of new entries. A wait is a callback in a set; nothing is polled. */
@Injectable()
export class Tail implements OnModuleDestroy {
  private readonly hearers = new Map<string, Set<Hear>>();
  private readonly stopping = new AbortController();

  constructor() {
    // One for each waiting caller.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Aborts when the server stops, so that waits end immediately. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /** Calls `hear` for every entry committed from now on, in order. Returns the function that stops it. */
  follow(channelId: string, hear: Hear): () => void {
    const hearers = this.hearers.get(channelId) ?? new Set();
    this.hearers.set(channelId, hearers.add(hear));
    return () => {
      hearers.delete(hear);
      if (!hearers.size && this.hearers.get(channelId) === hearers) this.hearers.delete(channelId);
    };
  }

  /** Calls the listeners in small batches, so that thousands of them do not delay the answer to the sender. */
  wake(channelId: string, entry: Entry) {
    const hearers = [...(this.hearers.get(channelId) ?? [])];
    const arrival = new Arrival(entry);
    const next = () => {
      for (const hear of hearers.splice(0, AT_ONCE)) hear(arrival);
      if (hearers.length) setImmediate(next);
    };
    if (hearers.length > AT_ONCE) setImmediate(next);
    else next();
  }

  /** The channels in which someone waits. */
  get followed(): string[] {
    return [...this.hearers.keys()];
  }

  isFollowed(channelId: string): boolean {
    return this.hearers.has(channelId);
  }

  /** The number of waiting callers in all channels. */
  get waiting(): number {
    return [...this.hearers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  onModuleDestroy() {
    this.stopping.abort();
  }
}
