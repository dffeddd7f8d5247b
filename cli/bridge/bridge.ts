import { setTimeout } from 'node:timers/promises';
import { failed, isModern, isRequest, type Message, type Request, subscriptionOf } from './json-rpc.js';
import { Restarts } from './restarts.js';
import { BROKEN, Unanswered, Upstream } from './upstream.js';
import type { WayIn } from './way-in.js';

const RELISTEN_MS = 1_000;

/** A request of the client that has no answer yet. */
interface Pending {
  readonly request: Request;
  readonly gone: AbortController;
  /** The server has said that it listens: it is told to the client once. */
  isAcknowledged: boolean;
}

/**
 * Carries messages between a client that speaks stdio and a server that speaks HTTP, in either era. What HTTP has and
 * stdio has not is settled here: a lost session is opened again, a broken subscription is asked for again, and a request
 * whose answer will not come is answered.
 */
export class Bridge {
  private readonly pending = new Map<Request['id'], Pending>();
  private readonly restarts = new Restarts();
  private upstream: Upstream;
  private restarting?: Promise<void>;
  private idle: (() => void)[] = [];
  private isClosed = false;

  constructor(
    private readonly url: URL,
    private readonly wayIn: WayIn,
    /** Writes to the client. */
    private readonly tell: (message: Message) => void,
  ) {
    this.upstream = this.connected();
  }

  /** A message from the client. */
  take(message: Message) {
    if (message.method === 'notifications/cancelled' && this.cancel(message)) return;
    this.restarts.heardFromClient(message);
    if (isRequest(message)) this.ask(message).catch((error) => this.answer(failed(message.id, String(error))));
    else this.pass(message).catch(() => {});
  }

  /** Waits until every call is answered; a subscription never is. */
  async settle() {
    const isOpen = ({ request }: Pending) => request.method !== 'subscriptions/listen';
    while ([...this.pending.values()].some(isOpen)) await new Promise<void>((wake) => this.idle.push(wake));
  }

  async close() {
    this.isClosed = true;
    for (const { gone } of this.pending.values()) gone.abort();
    await this.upstream.close(true);
  }

  private connected(): Upstream {
    const upstream = new Upstream(this.url, this.wayIn, {
      heard: (message) => this.heard(message),
      lostSession: () => {
        if (upstream === this.upstream) this.restart().catch(() => {});
      },
    });
    // What fails here fails again with the first message, which has somebody to be told.
    upstream.start().catch(() => {});
    return upstream;
  }

  private async ask(request: Request) {
    const entry: Pending = { request, gone: new AbortController(), isAcknowledged: false };
    this.pending.set(request.id, entry);
    await this.send(entry);
  }

  private async send(entry: Pending) {
    const { request, gone } = entry;
    let upstream = this.upstream;
    try {
      // Its own failure is for whoever asked for it.
      await this.restarting?.catch(() => {});
      upstream = this.upstream;
      const ended = () => this.streamEnded(entry).catch((error) => this.answer(failed(request.id, String(error))));
      await upstream.send(request, gone.signal, ended);
    } catch (error) {
      if (!this.isPending(entry)) return;
      const { reason, message, error: rpc } = error as Unanswered;
      if (reason === 'session') return this.again(entry, upstream);
      if (reason === 'broken' || reason === 'unreachable') return this.streamEnded(entry, message);
      this.answer(rpc ? { jsonrpc: '2.0', id: request.id, error: rpc } : failed(request.id, message));
    }
  }

  private async again(entry: Pending, lost: Upstream) {
    try {
      if (lost === this.upstream) await this.restart();
    } catch (error) {
      return this.answer(failed(entry.request.id, (error as Error).message));
    }
    await this.send(entry);
  }

  private async streamEnded(entry: Pending, message = BROKEN) {
    if (!this.isPending(entry)) return;
    if (entry.request.method !== 'subscriptions/listen') return this.answer(failed(entry.request.id, message));
    await setTimeout(RELISTEN_MS);
    if (this.isPending(entry)) await this.send(entry);
  }

  /** What is no request has no answer, and nobody to tell that it did not arrive. */
  private async pass(message: Message) {
    await this.restarting?.catch(() => {});
    await this.upstream.send(message).catch(() => {});
  }

  /** In the new era a request is cancelled by hanging up; in the old one the server is told. */
  private cancel({ params }: Message): boolean {
    const entry = this.pending.get(params?.requestId as Request['id']);
    if (!entry || !isModern(entry.request)) return false;
    this.done(entry.request.id);
    entry.gone.abort();
    return true;
  }

  private heard(message: Message) {
    if (this.restarts.heardFromServer(message)) return;
    if (message.method === undefined && message.id !== undefined) return this.answer(message);
    if (message.method === 'notifications/subscriptions/acknowledged') {
      const entry = this.pending.get(subscriptionOf(message) ?? '');
      if (entry?.isAcknowledged) return;
      if (entry) entry.isAcknowledged = true;
    }
    this.tell(message);
  }

  private answer(message: Message) {
    const entry = this.pending.get(message.id as Request['id']);
    const version = message.result?.protocolVersion;
    if (entry?.request.method === 'initialize' && typeof version === 'string') this.upstream.speaks(version);
    if (message.id !== undefined && message.id !== null) this.done(message.id);
    this.tell(message);
  }

  private done(id: Request['id']) {
    this.pending.delete(id);
    for (const wake of this.idle.splice(0)) wake();
  }

  private isPending = ({ request, gone }: Pending) =>
    !this.isClosed && !gone.signal.aborted && this.pending.get(request.id)?.request === request;

  /** Opens another session for one that the server forgot, as the client opened the first. */
  private restart(): Promise<void> {
    this.restarting ??= this.openAgain().finally(() => {
      this.restarting = undefined;
    });
    return this.restarting;
  }

  private async openAgain() {
    await this.upstream.close(false);
    this.upstream = this.connected();
    await this.restarts.replay(this.upstream);
  }
}
