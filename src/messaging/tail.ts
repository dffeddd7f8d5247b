import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Entry } from './entry.entity.js';

type Hear = (entry: Entry) => void;

const AT_ONCE = 32;

/** Who waits for news of a channel. Waiting costs a callback in a set; nothing is polled. */
@Injectable()
export class Tail implements OnModuleDestroy {
  private readonly hearers = new Map<string, Set<Hear>>();
  private readonly stopping = new AbortController();

  /** Aborted when the server stops: who waits is then answered at once. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /** Calls back with every entry committed from now on, in order, until the answer is called. */
  follow(channelId: string, hear: Hear): () => void {
    const hearers = this.hearers.get(channelId) ?? new Set();
    this.hearers.set(channelId, hearers.add(hear));
    return () => {
      hearers.delete(hear);
      if (!hearers.size && this.hearers.get(channelId) === hearers) this.hearers.delete(channelId);
    };
  }

  /** Tells everyone, a few at a time, so that thousands who listen do not delay the answer to the one who spoke. */
  wake(channelId: string, entry: Entry) {
    const hearers = [...(this.hearers.get(channelId) ?? [])];
    const next = () => {
      for (const hear of hearers.splice(0, AT_ONCE)) hear(entry);
      if (hearers.length) setImmediate(next);
    };
    if (hearers.length > AT_ONCE) setImmediate(next);
    else next();
  }

  /** How many callers wait, over all channels. */
  get waiting(): number {
    return [...this.hearers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  onModuleDestroy() {
    this.stopping.abort();
  }
}
