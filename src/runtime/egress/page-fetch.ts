import { createHash } from 'node:crypto';
import type { WebAnswer, WebRequest } from '../../../bot-sdk/web.js';
import { type Clock, isoTime } from '../../kernel/clock.js';
import type { HostRules } from '../../platform/egress/host-rules.js';
import { type Call, exchange, type Reply } from '../../platform/egress/http-exchange.js';
import { WebRefusal } from '../../platform/egress/refusal.js';
import { fingerprintOf, trusted } from '../../platform/egress/secure-line.js';
import { locationFrom } from '../../platform/egress/url-spelling.js';
import type { Visits } from '../../platform/egress/visits.js';
import type { WebLimits } from './limits.js';
import { bodilessHeaders, headersForStrangers, sendableHeaders } from './request-headers.js';
import { targetOf, webAddress } from './web-address.js';

export type PageRequest = Extract<WebRequest, { kind: 'fetch' }>;
export type PageAnswer = Extract<WebAnswer, { kind: 'fetched' }>;

/** What was fetched, and the addresses that sent the broker on. */
export interface Page {
  readonly answer: PageAnswer;
  readonly via: string[];
}

/** Fetches pages over verified TLS. Every hop is judged like the first; nothing is kept between two of them. */
export class PageFetch {
  constructor(
    private readonly visits: Visits,
    private readonly clock: Clock,
  ) {}

  async fetch(asked: PageRequest, rules: HostRules, limits: WebLimits, signal: AbortSignal): Promise<Page> {
    let call = callOf(asked, rules, limits);
    const via: string[] = [];
    for (;;) {
      const { reply, certificate } = await this.hop(call, limits, signal);
      if (reply.location === undefined) return { answer: this.answerOf(call, reply, certificate), via };
      via.push(call.url.href);
      if (via.length > limits.redirects) {
        throw new WebRefusal('FETCH_LIMIT', `${targetOf(call.url).host} redirects more than ${limits.redirects} times`);
      }
      call = redirected(call, reply.status, reply.location, rules);
    }
  }

  private hop(call: Call, limits: WebLimits, signal: AbortSignal) {
    return this.visits.visit(targetOf(call.url), limits, signal, async (secure) => {
      const leaf = trusted(secure, call.url.hostname);
      return { reply: await exchange(secure, call, limits, signal), certificate: fingerprintOf(leaf) };
    });
  }

  private answerOf({ url, method }: Call, { status, headers, body }: Reply, certificate: string): PageAnswer {
    const receipt = {
      url: url.href,
      method,
      status,
      fetched_at: isoTime(this.clock.now()),
      body_sha256: createHash('sha256').update(body).digest('hex'),
      tls: { peer_cert_sha256: certificate },
    };
    return { kind: 'fetched', url: url.href, status, headers, body: body.toString('base64'), receipt };
  }
}

function callOf({ url, method, headers, body }: PageRequest, rules: HostRules, limits: WebLimits): Call {
  const sent = body === undefined ? undefined : Buffer.from(body, 'base64');
  if (sent && sent.length > limits.requestBytes) {
    throw new WebRefusal('FETCH_LIMIT', `a request carries at most ${limits.requestBytes} bytes`);
  }
  const known = METHODS.find((name) => name === method.toUpperCase());
  if (!known) throw new WebRefusal('FETCH_BLOCKED', `the method must be one of ${METHODS.join(', ')}`);
  return { url: webAddress(url, rules), method: known, headers: sendableHeaders(headers), body: sent };
}

/** The next request after a redirect. Throws a refusal where it leads out of what was declared. */
function redirected({ url, method, headers, body }: Call, status: number, location: string, rules: HostRules): Call {
  const there = locationFrom(url, location);
  if (!there) throw new WebRefusal('FETCH_BLOCKED', `${url.hostname} redirects to no URL`);
  const next = webAddress(there.href, rules);
  const keepsMethod = status === 307 || status === 308 || method === 'GET' || method === 'HEAD';
  const then = { url: next, method: keepsMethod ? method : 'GET' };
  // What was said to one site is not for another to hear.
  if (next.origin !== url.origin) return { ...then, headers: headersForStrangers(headers), body: undefined };
  if (keepsMethod) return { ...then, headers, body };
  return { ...then, headers: bodilessHeaders(headers), body: undefined };
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
