import { SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { CliError } from '../server/cli-error.js';
import type { BridgeToken } from './bridge-token.js';
import type { JsonRpcMessage, Request } from './json-rpc.js';

/** Reconnecting never stops, so that a client that waits for events continues when the server is back. */
const RECONNECTING = {
  initialReconnectionDelay: 500,
  reconnectionDelayGrowFactor: 1.5,
  maxReconnectionDelay: 15_000,
  maxRetries: Number.POSITIVE_INFINITY,
};
const RETRY_MS = 500;
/** How long to wait for a server that restarts, in milliseconds. */
const TIMEOUT_MS = 30_000;

export interface UpstreamListener {
  heard(message: JsonRpcMessage): void;
  /** Called if the server does not know the session any more. */
  lostSession(): void;
}

/** The server did not answer a call; says why. */
export class UnansweredError extends Error {
  constructor(
    readonly reason: 'session' | 'refused' | 'broken' | 'unreachable' | 'failed',
    message: string,
    /** The JSON-RPC error in a response with an HTTP error status. */
    readonly error?: JsonRpcMessage['error'],
  ) {
    super(message);
  }
}

/** The HTTP side of the bridge, with or without an MCP session. */
export class Upstream {
  private readonly transport: StreamableHTTPClientTransport;
  private isClosed = false;

  constructor(
    private readonly url: URL,
    bridgeToken: BridgeToken,
    listener: UpstreamListener,
  ) {
    this.transport = new StreamableHTTPClientTransport(url, {
      authProvider: bridgeToken,
      reconnectionOptions: RECONNECTING,
      onInsufficientScope: 'throw',
    });
    this.transport.onmessage = (message) => listener.heard(message as JsonRpcMessage);
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

  /** Sends a message, with retries. Throws an UnansweredError. */
  async send(message: JsonRpcMessage, signal?: AbortSignal, onEnd?: () => void) {
    const patience = Date.now() + TIMEOUT_MS;
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

  /** Closes everything and, if `tells`, ends the session at the server. */
  async close(tells: boolean) {
    this.isClosed = true;
    this.transport.onerror = undefined;
    if (tells) await this.transport.terminateSession().catch(() => {});
    await this.transport.close();
  }

  private reasonOf(error: unknown, message: JsonRpcMessage): UnansweredError {
    if (error instanceof CliError)
      return new UnansweredError('refused', [error.message, error.fix].filter(Boolean).join(' '));
    if (this.isLostSession(error) && message.method !== 'initialize') return NO_SESSION;
    if (error instanceof SdkHttpError) {
      const { status, text } = error.data as { status?: number; text?: string | null };
      return new UnansweredError('failed', `The server answered with ${status}.`, rpcErrorIn(text));
    }
    const code = (error as { cause?: { code?: string } }).cause?.code;
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      return new UnansweredError('unreachable', `${this.url.origin} does not answer (${code}).`);
    }
    return new UnansweredError('broken', BROKEN);
  }

  private isLostSession(error: unknown) {
    return this.transport.sessionId !== undefined && error instanceof SdkHttpError && error.data.status === 404;
  }
}

/** Another session has to be opened, or has been. */
const NO_SESSION = new UnansweredError('session', 'The server no longer knows the session.');

/** Whether a call may be repeated: it has not reached the server, or it only reads. */
const mayRepeat = ({ reason }: UnansweredError, { method }: JsonRpcMessage) =>
  reason === 'unreachable' || (reason === 'broken' && method !== 'tools/call');

export const BROKEN =
  'The connection was lost before the answer arrived. The call may have been executed: check the channel before you repeat it.';

function rpcErrorIn(text: string | null | undefined): JsonRpcMessage['error'] {
  try {
    const { error } = JSON.parse(text ?? '') as Partial<Request>;
    return typeof error?.code === 'number' && typeof error.message === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
