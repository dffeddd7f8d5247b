import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCResponse,
  type TransportSendOptions,
  WebStandardStreamableHTTPServerTransport,
  type WebStandardStreamableHTTPServerTransportOptions,
} from '@modelcontextprotocol/server';
import type { Session } from './session.js';

/** The id of an `initialize` that no client sent in this request. */
const INTRODUCTION = 'introduction';

/**
 * Serves one request of a session with a server of its own. That server learns what the client said of itself when the
 * session began; what it asks the client is answered in another request, and the session finds the way back; and what
 * belongs to no request goes out on the session's standing stream.
 */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  private introduced = () => {};
  private readonly questions: string[] = [];

  constructor(
    private readonly session: Session,
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
    if (options?.relatedRequestId === undefined) return this.session.say(message);
    return super.send(message, options);
  }

  /** What was not answered by the end of the call never is. */
  override async close() {
    for (const id of this.questions) this.session.forgets(id);
    await super.close();
  }

  private asked(id: string | number) {
    const question = this.session.asks((answer) => this.onmessage?.({ ...answer, id } as JSONRPCResponse));
    this.questions.push(question);
    return question;
  }
}
