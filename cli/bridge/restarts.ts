import { isRequest, type JsonRpcMessage, type Request } from './json-rpc.js';
import { UnansweredError, type Upstream } from './upstream.js';

/** The messages with which a client opened its session, to open a new one without the client noticing. */
export class Restarts {
  private handshake?: Request;
  private initialized?: JsonRpcMessage;
  private readonly subscriptions = new Map<unknown, Request>();
  private readonly own = new Map<Request['id'], (answer: JsonRpcMessage) => void>();
  private count = 0;

  heardFromClient(message: JsonRpcMessage) {
    const { method, params } = message;
    if (method === 'notifications/initialized') this.initialized = message;
    if (!isRequest(message)) return;
    if (method === 'initialize') this.handshake = message;
    if (method === 'resources/subscribe') this.subscriptions.set(params?.uri, message);
    if (method === 'resources/unsubscribe') this.subscriptions.delete(params?.uri);
  }

  /** Whether the message answers a request of the bridge, so that the client must not receive it. */
  heardFromServer(message: JsonRpcMessage): boolean {
    const take = message.method === undefined ? this.own.get(message.id as Request['id']) : undefined;
    take?.(message);
    return take !== undefined;
  }

  async replay(upstream: Upstream) {
    if (!this.handshake)
      throw new UnansweredError('failed', 'The server needs a session, but the client has not started one.');
    const { result } = await this.ask(upstream, this.handshake);
    if (typeof result?.protocolVersion !== 'string')
      throw new UnansweredError('failed', 'The server did not open a session.');
    upstream.speaks(result.protocolVersion);
    if (this.initialized) await upstream.send(this.initialized);
    await Promise.all([...this.subscriptions.values()].map((request) => this.ask(upstream, request)));
  }

  private async ask(upstream: Upstream, request: Request): Promise<JsonRpcMessage> {
    const id = `parley-bridge:${++this.count}`;
    const answered = new Promise<JsonRpcMessage>((take) => this.own.set(id, take));
    try {
      await upstream.send({ ...request, id });
      return await answered;
    } finally {
      this.own.delete(id);
    }
  }
}
