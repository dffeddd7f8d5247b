import { Injectable } from '@nestjs/common';

/** Who is being answered right now, by session: when a session ends, each wait and each stream of it hears so at once. */
@Injectable()
export class Presence {
  private readonly bySession = new Map<string, Set<AbortController>>();
  private ended = 0;

  /** Grows whenever a session ends: what was read of sessions before may no longer be true. */
  get endings() {
    return this.ended;
  }

  /** The signal fires when the session ends, until `leave` is called. */
  enter(sessionId: string): { signal: AbortSignal; leave: () => void } {
    const over = new AbortController();
    const here = this.bySession.get(sessionId) ?? new Set();
    this.bySession.set(sessionId, here.add(over));
    const leave = () => {
      here.delete(over);
      if (!here.size && this.bySession.get(sessionId) === here) this.bySession.delete(sessionId);
    };
    return { signal: over.signal, leave };
  }

  end(sessionId: string) {
    this.ended += 1;
    const here = this.bySession.get(sessionId) ?? [];
    this.bySession.delete(sessionId);
    for (const over of here) over.abort();
  }
}
