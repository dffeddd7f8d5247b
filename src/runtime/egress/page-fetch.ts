import { createHash } from 'node:crypto';
import type { WebAnswer, WebRequest } from '../../../bot-sdk/web.js';
import { type Clock, isoTime } from '../../kernel/clock.js';
import type { HostRules } from '../../platform/egress/host-rules.js';
import { exchange, type OutgoingRequest, type Reply } from '../../platform/egress/http-exchange.js';
import { WebRefusalError } from '../../platform/egress/refusal.js';
import type { TlsConnections } from '../../platform/egress/tls-connections.js';
import { certificateFingerprint, trustedCertificate } from '../../platform/egress/tls-handshake.js';
import { locationFrom } from '../../platform/egress/url-spelling.js';
import type { WebLimits } from './limits.js';
import { bodilessHeaders, headersForOtherOrigin, sendableHeaders } from './request-headers.js';
import { targetOf, webAddress } from './web-address.js';

export type PageRequest = Extract<WebRequest, { kind: 'fetch' }>;
export type PageAnswer = Extract<WebAnswer, { kind: 'fetched' }>;

/** A fetched page and the URLs that redirected to it. */
export interface FetchedPage {
  readonly answer: PageAnswer;
  readonly via: string[];
}

/** Fetches pages over verified TLS. Each redirect is checked like the first URL, and no connection is reused. */
export class PageFetch {
  constructor(
    private readonly connections: TlsConnections,
    private readonly clock: Clock,
  ) {}

  async fetch(asked: PageRequest, rules: HostRules, limits: WebLimits, signal: AbortSignal): Promise<FetchedPage> {
    let call = callOf(asked, rules, limits);
    const via: string[] = [];
    for (;;) {
      const { reply, certificate } = await this.hop(call, limits, signal);
      if (reply.location === undefined) return { answer: this.answerOf(call, reply, certificate), via };
      via.push(call.url.href);
      if (via.length > limits.redirects) {
        throw new WebRefusalError(
          'FETCH_LIMIT',
          `${targetOf(call.url).host} redirects more than ${limits.redirects} times`,
        );
      }
      call = redirected(call, reply.status, reply.location, rules);
    }
  }

  private hop(call: OutgoingRequest, limits: WebLimits, signal: AbortSignal) {
    return this.connections.visit(targetOf(call.url), limits, signal, async (secure) => {
      const leaf = trustedCertificate(secure, call.url.hostname);
      return { reply: await exchange(secure, call, limits, signal), certificate: certificateFingerprint(leaf) };
    });
  }

  private answerOf(
    { url, method }: OutgoingRequest,
    { status, headers, body }: Reply,
    certificate: string,
  ): PageAnswer {
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

function callOf({ url, method, headers, body }: PageRequest, rules: HostRules, limits: WebLimits): OutgoingRequest {
  const bodyBytes = body === undefined ? undefined : Buffer.from(body, 'base64');
  if (bodyBytes && bodyBytes.length > limits.requestBytes) {
    throw new WebRefusalError('FETCH_LIMIT', `a request carries at most ${limits.requestBytes} bytes`);
  }
  const known = METHODS.find((name) => name === method.toUpperCase());
  if (!known) throw new WebRefusalError('FETCH_BLOCKED', `the method must be one of ${METHODS.join(', ')}`);
  return { url: webAddress(url, rules), method: known, headers: sendableHeaders(headers), body: bodyBytes };
}

/** The request after a redirect. Throws a refusal if the target host is not declared. */
function redirected(
  { url, method, headers, body }: OutgoingRequest,
  status: number,
  location: string,
  rules: HostRules,
): OutgoingRequest {
  const target = locationFrom(url, location);
  if (!target) throw new WebRefusalError('FETCH_BLOCKED', `${url.hostname} redirects to no URL`);
  const next = webAddress(target.href, rules);
  const keepsMethod = status === 307 || status === 308 || method === 'GET' || method === 'HEAD';
  const then = { url: next, method: keepsMethod ? method : 'GET' };
  // Credentials and the body must not be sent to another origin.
  if (next.origin !== url.origin) return { ...then, headers: headersForOtherOrigin(headers), body: undefined };
  if (keepsMethod) return { ...then, headers, body };
  return { ...then, headers: bodilessHeaders(headers), body: undefined };
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
