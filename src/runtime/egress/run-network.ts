import type { Web, WebRequest } from '../../../bot-sdk/web.js';
import { type Clock, isoTime } from '../../kernel/clock.js';
import { AbortDeadline } from '../../platform/egress/abort-deadline.js';
import type { HostConnector } from '../../platform/egress/host-connector.js';
import { HostRules, hostName } from '../../platform/egress/host-rules.js';
import { type FailedAnswer, WebRefusalError, webRefusalOf } from '../../platform/egress/refusal.js';
import { type AnswerMemory, NO_MEMORY } from './answer-memory.js';
import { askedRequest, isPort } from './asked-request.js';
import type { CertificateLookup } from './certificate-lookup.js';
import { type FetchRecord, type NetworkExchange, recordOfExchange, recordOfTunnel } from './fetch-records.js';
import type { WebLimits } from './limits.js';
import type { PageFetch } from './page-fetch.js';
import { acquireBoth, Semaphore } from './semaphore.js';
import { Tunnel, type TunnelRecord } from './tunnel.js';
import { declaredTarget } from './web-address.js';

/** Shared by all runs of a server. */
export interface SharedNetwork {
  readonly line: HostConnector;
  readonly pages: PageFetch;
  readonly tls: CertificateLookup;
  readonly slots: Semaphore;
  readonly clock: Clock;
}

type ExchangeAnswer = Pick<NetworkExchange, 'answer' | 'via'>;

/** The network of one run: enforces its limits, records its use, and closes everything at its end. */
export class RunNetwork implements AsyncDisposable {
  private readonly rules: HostRules;
  private readonly over = new AbortController();
  private readonly slots: Semaphore;
  private readonly budget: { left: number };
  private readonly asked: { done?: NetworkExchange }[] = [];
  private readonly opened: Tunnel[] = [];
  private readonly working = new Set<Promise<unknown>>();
  private uses = 0;

  constructor(
    private readonly out: SharedNetwork,
    hosts: readonly string[],
    private readonly limits: WebLimits,
    private readonly signal: AbortSignal,
    private readonly memory: AnswerMemory = NO_MEMORY,
  ) {
    this.rules = new HostRules(hosts);
    this.slots = new Semaphore(limits.atOnce);
    this.budget = { left: limits.tunnelBytes };
    signal.addEventListener('abort', this.stop);
    if (signal.aborted) this.stop();
  }

  /**
   * Answers a web request; never rejects. An invalid request is refused and not recorded; of the requests over the
   * limit only the first is recorded.
   */
  readonly ask: Web = (asked) => this.during(this.exchange(asked));

  /** Opens a raw connection to a declared host, or returns the refusal. Counts as a request. */
  open(host: string, port: number): Promise<Tunnel | FailedAnswer> {
    return this.during(this.tunnel(host, port));
  }

  /** The requests and answers so far, in the order of the requests. */
  get exchanges(): NetworkExchange[] {
    return this.asked.flatMap(({ done }) => done ?? []);
  }

  /** The tunnels so far, in the order in which they were opened. */
  get tunnels(): TunnelRecord[] {
    return this.opened.map(({ record }) => record);
  }

  /** The network records of the receipt: the exchanges, then the tunnels. */
  records(kept = this.exchanges): FetchRecord[] {
    return [...kept.map(recordOfExchange), ...this.tunnels.map(recordOfTunnel)];
  }

  /** Closes everything. Unanswered requests are answered as unreachable before this resolves. */
  async close() {
    this.stop();
    this.signal.removeEventListener('abort', this.stop);
    await Promise.all(this.working);
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  private readonly stop = () => {
    this.over.abort(new WebRefusalError('UNREACHABLE', 'the run is over'));
    for (const tunnel of this.opened) tunnel.destroy();
  };

  private async exchange(asked: unknown) {
    const request = askedRequest(asked);
    const use = ++this.uses;
    if (!request) return NO_REQUEST;
    if (use > this.limits.requests + 1) return this.tooMany;
    const entry: { done?: NetworkExchange } = {};
    const n = this.asked.push(entry) - 1;
    entry.done = this.memory.recall(n, request) ?? (await this.firstTime(n, use, request));
    return entry.done.answer;
  }

  private async firstTime(n: number, use: number, request: WebRequest): Promise<NetworkExchange> {
    const answered = use > this.limits.requests ? { answer: this.tooMany, via: [] } : await this.answer(request);
    const exchange = { request, ...answered, at: this.now() };
    // An answer that was cut off by the end of the run did not come from the network.
    if (!this.over.signal.aborted) await this.memory.keep(n, exchange);
    return exchange;
  }

  private async answer(request: WebRequest): Promise<ExchangeAnswer> {
    const host = nameIn(request);
    const late = new WebRefusalError('UNREACHABLE', `${host} did not finish its answer in time`);
    using deadline = new AbortDeadline(this.over.signal, this.patienceFor(request), late);
    try {
      const release = await acquireBoth(this.slots, this.out.slots, deadline.signal);
      return await this.perform(request, deadline.signal).finally(release);
    } catch (error) {
      return { answer: webRefusalOf(error, host).answer, via: [] };
    }
  }

  private patienceFor(request: WebRequest): number {
    const wanted = request.kind === 'fetch' ? request.timeout_ms : undefined;
    return Math.min(this.limits.requestMs, wanted ?? this.limits.requestMs);
  }

  private async perform(request: WebRequest, signal: AbortSignal): Promise<ExchangeAnswer> {
    const { pages, tls } = this.out;
    if (request.kind === 'fetch') return pages.fetch(request, this.rules, this.limits, signal);
    return { answer: { kind: 'seen', sight: await tls.look(request, this.rules, this.limits, signal) }, via: [] };
  }

  private async tunnel(host: string, port: number): Promise<Tunnel | FailedAnswer> {
    if (++this.uses > this.limits.requests) return this.tooMany;
    if (typeof host !== 'string' || !isPort(port)) return NO_REQUEST;
    const late = new WebRefusalError('UNREACHABLE', `${spoken(host)} did not answer in time`);
    using deadline = new AbortDeadline(this.over.signal, this.limits.reachMs, late);
    try {
      const target = declaredTarget(host, port, this.rules);
      const release = await acquireBoth(this.slots, this.out.slots, deadline.signal);
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
      return webRefusalOf(error, spoken(host)).answer;
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

/** Only valid host names appear in a message, because other text would be the bot's. */
const spoken = (host: string) => hostName(host) ?? 'the host';
