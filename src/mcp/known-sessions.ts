import { Injectable } from '@nestjs/common';
import type { Asking } from './asking.js';
import { Resources } from './resources.js';
import { ownerOf, type Session } from './session.js';
import { SessionIds } from './session-ids.js';
import { SessionMemory } from './session-memory.js';
import { Sessions } from './sessions.js';

/**
 * The sessions as clients see them: an id is good until they end it. What the server has forgotten of one, in a restart or
 * because nobody used it, begins anew under the same id; what it watched it goes on watching.
 */
@Injectable()
export class KnownSessions {
  constructor(
    private readonly sessions: Sessions,
    private readonly ids: SessionIds,
    private readonly memory: SessionMemory,
    private readonly resources: Resources,
  ) {}

  /** Somebody else's session is as unknown as one that never was. */
  async use(id: string, asking: Asking): Promise<Session | undefined> {
    const session = this.sessions.use(id, asking.caller);
    if (session || this.sessions.hasEnded(id) || !this.ids.isIssued(id, ownerOf(asking.caller))) return session;
    const kept = await this.memory.recall(id);
    const revived = this.sessions.use(id, asking.caller);
    if (revived) return revived;
    const anew = this.sessions.open(asking.caller, kept?.introduction, id);
    await this.resources.resume(anew, kept?.watched ?? [], asking);
    return anew;
  }

  async end(session: Session) {
    await this.memory.forget(session);
    this.sessions.end(session);
    this.sessions.remember(session);
  }
}
