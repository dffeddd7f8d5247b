import { setTimeout } from 'node:timers/promises';
import type { BridgeToken } from './bridge-token.js';
import { failed, isModern, isRequest, type JsonRpcMessage, type Request, subscriptionOf } from './json-rpc.js';
import { Restarts } from './restarts.js';
import { BROKEN, UnansweredError, Upstream } from './upstream.js';

const RELISTEN_MS = 1_000;

/** A request of the client that has not been answered yet. */
interface Pending {
  readonly request: Request;
  readonly cancelled: AbortController;
  /** Whether the client was told that its subscription is active, which happens only once. */
  isAcknowledged: boolean;
}

/**
 * Forwards messages between a client on stdio and a server over HTTP, in every protocol revision. It handles problems
 * that exist only over HTTP: it reopens lost sessions, restarts broken subscriptions, and answers requests whose answer
 * was lost.
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
    private readonly bridgeToken: BridgeToken,
    /** Writes to the client. */
    private readonly write: (message: JsonRpcMessage) => void,
  ) {
    this.upstream = this.connected();
  }

  /** Processes a message of the client. */
  take(message: JsonRpcMessage) {
    if (message.method === 'notifications/cancelled' && this.cancel(message)) return;
    this.restarts.heardFromClient(message);
    if (isRequest(message)) this.ask(message).catch((error) => this.answer(failed(message.id, String(error))));
    else this.pass(message).catch(() => {});
  }

  /** Waits until all calls are answered. Does not wait for subscriptions, which never end by themselves. */
  async settle() {
    const isCall = ({ request }: Pending) => request.method !== 'subscriptions/listen';
    while ([...this.pending.values()].some(isCall)) await new Promise<void>((wake) => this.idle.push(wake));
  }

  async close() {
    this.isClosed = true;
    for (const { cancelled } of this.pending.values()) cancelled.abort();
    await this.upstream.close(true);
  }

  private connected(): Upstream {
    const upstream = new Upstream(this.url, this.bridgeToken, {
      heard: (message) => this.heard(message),
      lostSession: () => {
        if (upstream === this.upstream) this.restart().catch(() => {});
      },
    });
    // If this fails, the first message fails as well, and its error is reported.
    upstream.start().catch(() => {});
    return upstream;
  }

  private async ask(request: Request) {
    const entry: Pending = { request, cancelled: new AbortController(), isAcknowledged: false };
    this.pending.set(request.id, entry);
    await this.send(entry);
  }

  private async send(entry: Pending) {
    const { request, cancelled } = entry;
    let upstream = this.upstream;
    try {
      // A failure is reported to the call that started it.
      await this.restarting?.catch(() => {});
      upstream = this.upstream;
      const ended = () => this.streamEnded(entry).catch((error) => this.answer(failed(request.id, String(error))));
      await upstream.send(request, cancelled.signal, ended);
    } catch (error) {
      if (!this.isPending(entry)) return;
      const { reason, message, error: rpc } = error as UnansweredError;
      if (reason === 'session') return this.sendInNewSession(entry, upstream);
      if (reason === 'broken' || reason === 'unreachable') return this.streamEnded(entry, message);
      this.answer(rpc ? { jsonrpc: '2.0', id: request.id, error: rpc } : failed(request.id, message));
    }
  }

  private async sendInNewSession(entry: Pending, lost: Upstream) {
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

  /** Forwards a notification or answer. A failure cannot be reported, because the client expects no answer. */
  private async pass(message: JsonRpcMessage) {
    await this.restarting?.catch(() => {});
    await this.upstream.send(message).catch(() => {});
  }

  /** Cancels a request: in the new revision by closing the HTTP request, in older ones by a notification. */
  private cancel({ params }: JsonRpcMessage): boolean {
    const entry = this.pending.get(params?.requestId as Request['id']);
    if (!entry || !isModern(entry.request)) return false;
    this.done(entry.request.id);
    entry.cancelled.abort();
    return true;
  }

  private heard(message: JsonRpcMessage) {
    if (this.restarts.heardFromServer(message)) return;
    if (message.method === undefined && message.id !== undefined) return this.answer(message);
    if (message.method === 'notifications/subscriptions/acknowledged') {
      const entry = this.pending.get(subscriptionOf(message) ?? '');
      if (entry?.isAcknowledged) return;
      if (entry) entry.isAcknowledged = true;
    }
    this.write(message);
  }

  private answer(message: JsonRpcMessage) {
    const entry = this.pending.get(message.id as Request['id']);
    const version = message.result?.protocolVersion;
    if (entry?.request.method === 'initialize' && typeof version === 'string') this.upstream.speaks(version);
    if (message.id !== undefined && message.id !== null) this.done(message.id);
    this.write(message);
  }

  private done(id: Request['id']) {
    this.pending.delete(id);
    for (const wake of this.idle.splice(0)) wake();
  }

  private isPending = ({ request, cancelled }: Pending) =>
    !this.isClosed && !cancelled.signal.aborted && this.pending.get(request.id)?.request === request;

  /** Opens a new session in the same way as the client opened the first one. */
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
