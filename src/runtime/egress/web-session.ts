import type { Web, WebRequest } from '../../../bot-sdk/web.js';
import { type Clock, isoTime } from '../../kernel/clock.js';
import { Deadline } from '../../platform/egress/deadline.js';
import { HostRules, hostName } from '../../platform/egress/host-rules.js';
import type { Line } from '../../platform/egress/line.js';
import { type FailedAnswer, refusalOf, WebRefusal } from '../../platform/egress/refusal.js';
import { type AnswerMemory, NO_MEMORY } from './answer-memory.js';
import { askedRequest, isPort } from './asked-request.js';
import { type Exchange, type FetchRecord, recordOfExchange, recordOfTunnel } from './fetch-records.js';
import type { WebLimits } from './limits.js';
import type { PageFetch } from './page-fetch.js';
import { Slots, takeBoth } from './slots.js';
import type { TlsLook } from './tls-look.js';
import { Tunnel, type TunnelRecord } from './tunnel.js';
import { declaredTarget } from './web-address.js';

/** What all sessions of a server share. */
export interface WayOut {
  readonly line: Line;
  readonly pages: PageFetch;
  readonly tls: TlsLook;
  readonly slots: Slots;
  readonly clock: Clock;
}

type Told = Pick<Exchange, 'answer' | 'via'>;

/** The network of one run: what it may reach, what it did reach, and the end of all of it when the run is over. */
export class WebSession implements AsyncDisposable {
  private readonly rules: HostRules;
  private readonly over = new AbortController();
  private readonly slots: Slots;
  private readonly budget: { left: number };
  private readonly asked: { done?: Exchange }[] = [];
  private readonly opened: Tunnel[] = [];
  private readonly working = new Set<Promise<unknown>>();
  private uses = 0;

  constructor(
    private readonly out: WayOut,
    hosts: readonly string[],
    private readonly limits: WebLimits,
    private readonly signal: AbortSignal,
    private readonly memory: AnswerMemory = NO_MEMORY,
  ) {
    this.rules = new HostRules(hosts);
    this.slots = new Slots(limits.atOnce);
    this.budget = { left: limits.tunnelBytes };
    signal.addEventListener('abort', this.stop);
    if (signal.aborted) this.stop();
  }

  /**
   * Answers for every request and never rejects. What is no request at all is refused and leaves no exchange; of those beyond
   * the limit the first does.
   */
  readonly ask: Web = (asked) => this.during(this.exchange(asked));

  /** A raw connection to a declared host, or why there is none. It counts as a request. */
  open(host: string, port: number): Promise<Tunnel | FailedAnswer> {
    return this.during(this.tunnel(host, port));
  }

  /** What was asked and answered so far, in the order of asking. */
  get exchanges(): Exchange[] {
    return this.asked.flatMap(({ done }) => done ?? []);
  }

  /** What the tunnels carried so far, in the order of opening. */
  get tunnels(): TunnelRecord[] {
    return this.opened.map(({ record }) => record);
  }

  /** What the run's receipt says of the network: the exchanges, as they are kept, then the tunnels. */
  records(kept = this.exchanges): FetchRecord[] {
    return [...kept.map(recordOfExchange), ...this.tunnels.map(recordOfTunnel)];
  }

  /** Ends everything that is open. What was not answered yet is answered as unreachable before this resolves. */
  async close() {
    this.stop();
    this.signal.removeEventListener('abort', this.stop);
    await Promise.all(this.working);
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  private readonly stop = () => {
    this.over.abort(new WebRefusal('UNREACHABLE', 'the run is over'));
    for (const tunnel of this.opened) tunnel.destroy();
  };

  private async exchange(asked: unknown) {
    const request = askedRequest(asked);
    const use = ++this.uses;
    if (!request) return NO_REQUEST;
    if (use > this.limits.requests + 1) return this.tooMany;
    const entry: { done?: Exchange } = {};
    const n = this.asked.push(entry) - 1;
    entry.done = this.memory.recall(n, request) ?? (await this.firstTime(n, use, request));
    return entry.done.answer;
  }

  private async firstTime(n: number, use: number, request: WebRequest): Promise<Exchange> {
    const told = use > this.limits.requests ? { answer: this.tooMany, via: [] } : await this.answer(request);
    const exchange = { request, ...told, at: this.now() };
    // What the end of the run cut off is no answer of the network's.
    if (!this.over.signal.aborted) await this.memory.keep(n, exchange);
    return exchange;
  }

  private async answer(request: WebRequest): Promise<Told> {
    const host = nameIn(request);
    const late = new WebRefusal('UNREACHABLE', `${host} did not finish its answer in time`);
    using deadline = new Deadline(this.over.signal, this.patienceFor(request), late);
    try {
      const release = await takeBoth(this.slots, this.out.slots, deadline.signal);
      return await this.perform(request, deadline.signal).finally(release);
    } catch (error) {
      return { answer: refusalOf(error, host).answer, via: [] };
    }
  }

  private patienceFor(request: WebRequest): number {
    const wanted = request.kind === 'fetch' ? request.timeout_ms : undefined;
    return Math.min(this.limits.requestMs, wanted ?? this.limits.requestMs);
  }

  private async perform(request: WebRequest, signal: AbortSignal): Promise<Told> {
    const { pages, tls } = this.out;
    if (request.kind === 'fetch') return pages.fetch(request, this.rules, this.limits, signal);
    return { answer: { kind: 'seen', sight: await tls.look(request, this.rules, this.limits, signal) }, via: [] };
  }

  private async tunnel(host: string, port: number): Promise<Tunnel | FailedAnswer> {
    if (++this.uses > this.limits.requests) return this.tooMany;
    if (typeof host !== 'string' || !isPort(port)) return NO_REQUEST;
    const late = new WebRefusal('UNREACHABLE', `${spoken(host)} did not answer in time`);
    using deadline = new Deadline(this.over.signal, this.limits.reachMs, late);
    try {
      const target = declaredTarget(host, port, this.rules);
      const release = await takeBoth(this.slots, this.out.slots, deadline.signal);
      const socket = await this.out.line.connect(target, deadline.signal).catch((error) => {
        release();
        throw error;
      });
      const tunnel = new Tunnel(socket, target, this.now(), this.budget);
      tunnel.once('close', release);
      this.opened.push(tunnel);
      if (this.over.signal.aborted) tunnel.destroy();
      return tunnel;
    } catch (error) {
      return refusalOf(error, spoken(host)).answer;
    }
  }

  private async during<T>(work: Promise<T>): Promise<T> {
    this.working.add(work);
    try {
      return await work;
    } finally {
      this.working.delete(work);
    }
  }

  private get tooMany(): FailedAnswer {
    return { kind: 'failed', code: 'FETCH_LIMIT', detail: `a hook may ask the network ${this.limits.requests} times` };
  }

  private now() {
    return isoTime(this.out.clock.now());
  }
}

const NO_REQUEST: FailedAnswer = { kind: 'failed', code: 'FETCH_BLOCKED', detail: 'this is no web request' };

function nameIn(request: WebRequest): string {
  if (request.kind === 'tls') return spoken(request.host);
  return URL.canParse(request.url) ? spoken(new URL(request.url).hostname) : spoken('');
}

/** Only names are repeated: anything else would be the bot's words in our mouth. */
const spoken = (host: string) => hostName(host) ?? 'the host';
