import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { ownerOf, Session } from './session.js';

const MOST_PER_CALLER = 20;
const MOST = 5_000;

/** The sessions that clients opened. Optional for them, bounded for us: what is idle goes, and the longest unused first. */
@Injectable()
export class Sessions implements OnModuleDestroy {
  /** Least recently used first: a use moves a session to the end. */
  private readonly byId = new Map<string, Session>();

  constructor(private readonly clock: Clock) {}

  get size() {
    return this.byId.size;
  }

  open(caller: Caller, introduction: object = {}): Session {
    this.reap();
    const session = new Session(randomBytes(16).toString('hex'), caller, introduction, this.clock.now());
    const own = [...this.byId.values()].filter(({ owner }) => owner === session.owner);
    if (own.length >= MOST_PER_CALLER) this.end(own[0] as Session);
    if (this.byId.size >= MOST) this.end(this.byId.values().next().value as Session);
    this.byId.set(session.id, session);
    return session;
  }

  /** Somebody else's session is as unknown as one that never was. */
  use(id: string, caller: Caller): Session | undefined {
    const session = this.byId.get(id);
    if (session?.owner !== ownerOf(caller)) return undefined;
    if (session.isIdle(this.clock.now())) return void this.end(session);
    this.touch(session);
    return session;
  }

  touch(session: Session) {
    if (!this.byId.delete(session.id)) return;
    this.byId.set(session.id, session);
    session.seen(this.clock.now());
  }

  end(session: Session) {
    this.byId.delete(session.id);
    session.end();
  }

  /** Ends what nobody uses. Called whenever one is opened, so what is left is bounded without a timer. */
  reap() {
    const now = this.clock.now();
    for (const session of this.byId.values()) if (session.isIdle(now)) this.end(session);
  }

  /** An open stream would hold up the stop of the server; calls that run are still answered. */
  onModuleDestroy() {
    for (const session of this.byId.values()) session.endStream();
  }
}
