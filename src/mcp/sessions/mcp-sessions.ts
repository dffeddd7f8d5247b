import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { McpSession, ownerOf } from './mcp-session.js';
import { SessionIds } from './session-ids.js';

const MAX_PER_CALLER = 20;
const MOST = 5_000;
/** The maximum size of stored `initialize` params; a client with larger ones has no capabilities. */
const MAX_SAID = 16_384;

/**
 * The open sessions. They are optional for clients and limited in number: idle ones are dropped, the least recently
 * used first.
 */
@Injectable()
export class McpSessions implements OnModuleDestroy {
  /** Least recently used first: each use moves a session to the end. */
  private readonly byId = new Map<string, McpSession>();
  private readonly ended = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly ids: SessionIds,
  ) {}

  get size() {
    return this.byId.size;
  }

  open(caller: Caller, introduction: object = {}, id = this.ids.issue(ownerOf(caller))): McpSession {
    this.reap();
    const storedIntroduction = JSON.stringify(introduction).length <= MAX_SAID ? introduction : {};
    const session = new McpSession(id, caller, storedIntroduction, this.clock.now());
    const own = [...this.byId.values()].filter(({ owner }) => owner === session.owner);
    if (own.length >= MAX_PER_CALLER) this.end(own[0] as McpSession);
    if (this.byId.size >= MOST) this.end(this.byId.values().next().value as McpSession);
    this.byId.set(session.id, session);
    return session;
  }

  /** Finds a session. A session of another grant counts as unknown. */
  use(id: string, caller: Caller): McpSession | undefined {
    const session = this.byId.get(id);
    if (session?.owner !== ownerOf(caller)) return undefined;
    if (session.isIdle(this.clock.now())) return void this.end(session);
    this.touch(session);
    return session;
  }

  touch(session: McpSession) {
    if (!this.byId.delete(session.id)) return;
    this.byId.set(session.id, session);
    session.recordUse(this.clock.now());
  }

  end(session: McpSession) {
    this.byId.delete(session.id);
    session.end();
  }

  /** Remembers an id that its client has ended; only the latest ids are kept. */
  remember({ id }: Pick<McpSession, 'id'>) {
    this.ended.add(id);
    if (this.ended.size > MOST) this.ended.delete(this.ended.values().next().value as string);
  }

  /** A session of any caller, for what another process says about it. */
  find(id: string): McpSession | undefined {
    return this.byId.get(id);
  }

  hasEnded(id: string): boolean {
    return this.ended.has(id);
  }

  /** Drops idle sessions. Called whenever one is opened, so no timer is needed. */
  reap() {
    const now = this.clock.now();
    for (const session of this.byId.values()) if (session.isIdle(now)) this.end(session);
  }

  /** Closes the streams, which would delay the stop; running calls are still answered. */
  onModuleDestroy() {
    for (const session of this.byId.values()) session.endStream();
  }
}
