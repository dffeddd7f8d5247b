import type { JSONRPCResponse } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { inBackground } from '../../kernel/background.js';
import { Signals } from '../../platform/database/signals.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { Resources } from '../resources/resources.js';
import type { McpSession } from '../sessions/mcp-session.js';
import { McpSessions } from '../sessions/mcp-sessions.js';
import { SessionMemory, WATCHES } from '../sessions/session-memory.js';

const CANCELLED = 'mcp-cancelled';
const ANSWERED = 'mcp-answered';
const ENDED = 'mcp-ended';

/**
 * Sessions whose requests reach several processes: the call that a message is about, or the stream of the session, may
 * be at another one.
 */
@Injectable()
export class RemoteSessions {
  /** The sessions with an open stream at this process, and who opened it. */
  private readonly streams = new Map<McpSession, McpRequestContext>();

  constructor(
    private readonly signals: Signals,
    private readonly sessions: McpSessions,
    private readonly memory: SessionMemory,
    private readonly resources: Resources,
  ) {
    signals.on(CANCELLED, (text) => {
      const { id, request } = JSON.parse(text);
      this.sessions.find(id)?.cancel(request);
    });
    signals.on(ANSWERED, (text) => {
      const { id, answer } = JSON.parse(text);
      this.sessions.find(id)?.receiveAnswer(answer);
    });
    signals.on(ENDED, (id) => {
      const session = this.sessions.find(id);
      if (session) this.sessions.end(session);
      this.sessions.remember({ id });
    });
    signals.on(WATCHES, (id) => this.watchAgain((session) => session.id === id));
    signals.onGap(() => this.watchAgain(() => true));
  }

  /** A client has cancelled a call of the session. */
  cancelled({ id }: McpSession, request: unknown) {
    this.signals.send(CANCELLED, JSON.stringify({ id, request }));
  }

  /** A client has answered a question of a call of the session. */
  answered({ id }: McpSession, answer: JSONRPCResponse) {
    this.signals.send(ANSWERED, JSON.stringify({ id, answer }));
  }

  ended({ id }: McpSession) {
    this.signals.send(ENDED, id);
  }

  /** The session has its stream here until `closed` aborts. */
  streamed(session: McpSession, requestContext: McpRequestContext, closed: AbortSignal) {
    this.streams.set(session, requestContext);
    closed.addEventListener('abort', () => this.streams.delete(session));
    if (closed.aborted) this.streams.delete(session);
  }

  private watchAgain(isMeant: (session: McpSession) => boolean) {
    for (const [session, requestContext] of this.streams) {
      if (isMeant(session)) inBackground('watching resources', this.watch(session, requestContext));
    }
  }

  /** Another process serves requests that change what the session watches. */
  private async watch(session: McpSession, requestContext: McpRequestContext) {
    const wanted = (await this.memory.recall(session.id))?.watched ?? [];
    for (const uri of session.watching) if (!wanted.includes(uri)) session.unwatch(uri);
    const added = wanted.filter((uri) => !session.isWatching(uri));
    await this.resources.resume(session, added, requestContext);
  }
}
