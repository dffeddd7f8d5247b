import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Signals } from '../../platform/database/signals.js';

const SESSION_ENDED = 'session-ended';
const TOKENS_CHANGED = 'tokens-changed';

/** The requests in progress by session: when a session ends, all its waits and streams are aborted. */
@Injectable()
export class ActiveRequests {
  private readonly bySession = new Map<string, Set<AbortController>>();
  private changeCount = 0;

  constructor(
    private readonly database: Database,
    private readonly signals: Signals,
  ) {
    signals.on(SESSION_ENDED, (sessionId) => this.end(sessionId));
    signals.on(TOKENS_CHANGED, () => this.changed());
    signals.onGap(() => this.changed());
  }

  /** Increases whenever a session ends or its tokens change: what was read of them before may be outdated. */
  get changes() {
    return this.changeCount;
  }

  /** The signal aborts when the session ends, until `leave` is called. */
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

  /** Aborts the requests of a session after the current write commits. Call it in the write that ends the session. */
  endAfterCommit(sessionId: string) {
    this.database.afterCommit(() => {
      this.end(sessionId);
      this.signals.send(SESSION_ENDED, sessionId);
    });
  }

  /** Outdates what was read of any token after the current write commits. Call it in the write that changes tokens. */
  changeAfterCommit() {
    this.database.afterCommit(() => {
      this.changed();
      this.signals.send(TOKENS_CHANGED, '');
    });
  }

  private changed() {
    this.changeCount += 1;
  }

  private end(sessionId: string) {
    this.changed();
    const here = this.bySession.get(sessionId) ?? [];
    this.bySession.delete(sessionId);
    for (const over of here) over.abort();
  }
}
