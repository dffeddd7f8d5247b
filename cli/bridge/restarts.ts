import { isRequest, type Message, type Request } from './json-rpc.js';
import { Unanswered, type Upstream } from './upstream.js';

/** What a client did to open its session, so that it can be done again without the client noticing. */
export class Restarts {
  private handshake?: Request;
  private initialized?: Message;
  private readonly subscriptions = new Map<unknown, Request>();
  private readonly own = new Map<Request['id'], (answer: Message) => void>();
  private count = 0;

  heardFromClient(message: Message) {
    const { method, params } = message;
    if (method === 'notifications/initialized') this.initialized = message;
    if (!isRequest(message)) return;
    if (method === 'initialize') this.handshake = message;
    if (method === 'resources/subscribe') this.subscriptions.set(params?.uri, message);
    if (method === 'resources/unsubscribe') this.subscriptions.delete(params?.uri);
  }

  /** Whether the message was meant for the bridge. */
  heardFromServer(message: Message): boolean {
    const take = message.method === undefined ? this.own.get(message.id as Request['id']) : undefined;
    take?.(message);
    return take !== undefined;
  }

  async replay(upstream: Upstream) {
    if (!this.handshake)
      throw new Unanswered('failed', 'The server wants a session, and the client has not begun one.');
    const { result } = await this.ask(upstream, this.handshake);
    if (typeof result?.protocolVersion !== 'string') throw new Unanswered('failed', 'The server opens no session.');
    upstream.speaks(result.protocolVersion);
    if (this.initialized) await upstream.send(this.initialized);
    await Promise.all([...this.subscriptions.values()].map((request) => this.ask(upstream, request)));
  }

  private async ask(upstream: Upstream, request: Request): Promise<Message> {
    const id = `parley-bridge:${++this.count}`;
    const answered = new Promise<Message>((take) => this.own.set(id, take));
    try {
      await upstream.send({ ...request, id });
      return await answered;
    } finally {
      this.own.delete(id);
    }
  }
}
