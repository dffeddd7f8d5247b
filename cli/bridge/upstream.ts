import { SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Failure } from '../failure.js';
import type { Message, Request } from './json-rpc.js';
import type { WayIn } from './way-in.js';

/** Tried again for as long as the bridge lives: a client that waits for news is told when the server is back. */
const RECONNECTING = {
  initialReconnectionDelay: 500,
  reconnectionDelayGrowFactor: 1.5,
  maxReconnectionDelay: 15_000,
  maxRetries: Number.POSITIVE_INFINITY,
};
const RETRY_MS = 500;
/** How long a server that is starting again is waited for. */
const PATIENCE_MS = 30_000;

export interface Listener {
  heard(message: Message): void;
  /** The server does not know the session any more. */
  lostSession(): void;
}

/** How a call ended that the server did not answer. */
export class Unanswered extends Error {
  constructor(
    readonly reason: 'session' | 'refused' | 'broken' | 'unreachable' | 'failed',
    message: string,
    /** The JSON-RPC error that came with an HTTP status. */
    readonly error?: Message['error'],
  ) {
    super(message);
  }
}

/** The HTTP side of the bridge: one session with the server, or none in the era that has none. */
export class Upstream {
  private readonly transport: StreamableHTTPClientTransport;
  private isClosed = false;

  constructor(
    private readonly url: URL,
    wayIn: WayIn,
    listener: Listener,
  ) {
    this.transport = new StreamableHTTPClientTransport(url, {
      authProvider: wayIn,
      reconnectionOptions: RECONNECTING,
      onInsufficientScope: 'throw',
    });
    this.transport.onmessage = (message) => listener.heard(message as Message);
    this.transport.onerror = (error) => {
      if (this.isLostSession(error)) listener.lostSession();
    };
  }

  start() {
    return this.transport.start();
  }

  speaks(protocolVersion: string) {
    this.transport.setProtocolVersion(protocolVersion);
  }

  /** Sends until the server has taken it. Throws Unanswered. */
  async send(message: Message, signal?: AbortSignal, onEnd?: () => void) {
    const patience = Date.now() + PATIENCE_MS;
    for (;;) {
      if (this.isClosed) throw NO_SESSION;
      try {
        return await this.transport.send(message as never, { requestSignal: signal, onRequestStreamEnd: onEnd });
      } catch (error) {
        const unanswered = this.reasonOf(error, message);
        if (!mayRepeat(unanswered, message) || Date.now() > patience || signal?.aborted) throw unanswered;
        await new Promise((later) => setTimeout(later, RETRY_MS));
      }
    }
  }

  /** Tells the server, where it still listens, and ends everything that is open. */
  async close(tells: boolean) {
    this.isClosed = true;
    this.transport.onerror = undefined;
    if (tells) await this.transport.terminateSession().catch(() => {});
    await this.transport.close();
  }

  private reasonOf(error: unknown, message: Message): Unanswered {
    if (error instanceof Failure)
      return new Unanswered('refused', [error.message, error.fix].filter(Boolean).join(' '));
    if (this.isLostSession(error) && message.method !== 'initialize') return NO_SESSION;
    if (error instanceof SdkHttpError) {
      const { status, text } = error.data as { status?: number; text?: string | null };
      return new Unanswered('failed', `The server answered with ${status}.`, rpcErrorIn(text));
    }
    const code = (error as { cause?: { code?: string } }).cause?.code;
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      return new Unanswered('unreachable', `${this.url.origin} does not answer (${code}).`);
    }
    return new Unanswered('broken', BROKEN);
  }

  private isLostSession(error: unknown) {
    return this.transport.sessionId !== undefined && error instanceof SdkHttpError && error.data.status === 404;
  }
}

/** Another session has to be opened, or has been. */
const NO_SESSION = new Unanswered('session', 'The server has forgotten the session.');

/** What has not reached the server cannot have happened, and what only reads may happen twice. */
const mayRepeat = ({ reason }: Unanswered, { method }: Message) =>
  reason === 'unreachable' || (reason === 'broken' && method !== 'tools/call');

export const BROKEN =
  'The connection broke before the answer came. It may have been done: look what is there before you do it again.';

function rpcErrorIn(text: string | null | undefined): Message['error'] {
  try {
    const { error } = JSON.parse(text ?? '') as Partial<Request>;
    return typeof error?.code === 'number' && typeof error.message === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
