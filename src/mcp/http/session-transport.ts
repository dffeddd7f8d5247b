import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCResponse,
  type TransportSendOptions,
  WebStandardStreamableHTTPServerTransport,
  type WebStandardStreamableHTTPServerTransportOptions,
} from '@modelcontextprotocol/server';
import type { McpSession } from '../sessions/mcp-session.js';

/** The request id of the `initialize` that this transport replays for each request. */
const INTRODUCTION = 'introduction';

/**
 * Serves one request of a session with its own protocol server. That server gets the client's `initialize` from the
 * session. The client answers questions of a call in another request, which the session assigns to the call; messages
 * that belong to no request go to the session's standing stream.
 */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  private introduced = () => {};
  private readonly elicitations: string[] = [];

  constructor(
    private readonly session: McpSession,
    options: WebStandardStreamableHTTPServerTransportOptions,
  ) {
    super(options);
  }

  introduce(): Promise<void> {
    const { introduction } = this.session;
    const message = { jsonrpc: '2.0', id: INTRODUCTION, method: 'initialize', params: introduction } as JSONRPCMessage;
    return new Promise((introduced) => {
      this.introduced = introduced;
      this.onmessage?.(message);
    });
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions) {
    if (isJSONRPCRequest(message)) return this.deliver({ ...message, id: this.asked(message.id) }, options);
    if (isJSONRPCNotification(message)) return this.deliver(message, options);
    if (message.id === INTRODUCTION) return this.introduced();
    return super.send(message, options);
  }

  private async deliver(message: JSONRPCMessage, options?: TransportSendOptions) {
    if (options?.relatedRequestId === undefined) return this.session.send(message);
    return super.send(message, options);
  }

  /** Questions that are unanswered when the call ends are cancelled. */
  override async close() {
    for (const id of this.elicitations) this.session.forgets(id);
    await super.close();
  }

  private asked(id: string | number) {
    const question = this.session.registerQuestion((answer) => this.onmessage?.({ ...answer, id } as JSONRPCResponse));
    this.elicitations.push(question);
    return question;
  }
}
