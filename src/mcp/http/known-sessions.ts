import { Injectable } from '@nestjs/common';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { Resources } from '../resources/resources.js';
import { type McpSession, ownerOf } from '../sessions/mcp-session.js';
import { McpSessions } from '../sessions/mcp-sessions.js';
import { SessionIds } from '../sessions/session-ids.js';
import { SessionMemory } from '../sessions/session-memory.js';

/**
 * Finds sessions by id; an id is valid until the client ends it. If the server has dropped the session (restart, no
 * use), it is created again with the same id and continues to watch the same resources.
 */
@Injectable()
export class KnownSessions {
  constructor(
    private readonly sessions: McpSessions,
    private readonly ids: SessionIds,
    private readonly memory: SessionMemory,
    private readonly resources: Resources,
  ) {}

  /** Finds or restores a session. A session of another grant counts as unknown. */
  async use(id: string, requestContext: McpRequestContext): Promise<McpSession | undefined> {
    const session = this.sessions.use(id, requestContext.caller);
    if (session || this.sessions.hasEnded(id) || !this.ids.isIssued(id, ownerOf(requestContext.caller))) return session;
    const row = await this.memory.recall(id);
    const revived = this.sessions.use(id, requestContext.caller);
    if (revived) return revived;
    const restored = this.sessions.open(requestContext.caller, row?.introduction, id);
    await this.resources.resume(restored, row?.watched ?? [], requestContext);
    return restored;
  }

  async end(session: McpSession) {
    await this.memory.forget(session);
    this.sessions.end(session);
    this.sessions.remember(session);
  }
}
