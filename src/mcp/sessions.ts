import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { ownerOf, Session } from './session.js';
import { SessionIds } from './session-ids.js';

const MOST_PER_CALLER = 20;
const MOST = 5_000;
/** Of a client that says more of itself nothing is kept, and it is not asked anything. */
const MOST_SAID = 16_384;

/** The sessions that clients opened. Optional for them, bounded for us: what is idle goes, and the longest unused first. */
@Injectable()
export class Sessions implements OnModuleDestroy {
  /** Least recently used first: a use moves a session to the end. */
  private readonly byId = new Map<string, Session>();
  private readonly ended = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly ids: SessionIds,
  ) {}

  get size() {
    return this.byId.size;
  }

  open(caller: Caller, introduction: object = {}, id = this.ids.issue(ownerOf(caller))): Session {
    this.reap();
    const kept = JSON.stringify(introduction).length <= MOST_SAID ? introduction : {};
    const session = new Session(id, caller, kept, this.clock.now());
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

  /** Its client ended it: of those who did, the last ones. */
  remember({ id }: Session) {
    this.ended.add(id);
    if (this.ended.size > MOST) this.ended.delete(this.ended.values().next().value as string);
  }

  hasEnded(id: string): boolean {
    return this.ended.has(id);
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
