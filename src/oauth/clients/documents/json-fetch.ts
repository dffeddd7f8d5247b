import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { VERSION } from '../../../platform/config/version.js';
import { AbortDeadline } from '../../../platform/egress/abort-deadline.js';
import { HostRules } from '../../../platform/egress/host-rules.js';
import { exchange, type Reply } from '../../../platform/egress/http-exchange.js';
import { WebRefusalError } from '../../../platform/egress/refusal.js';
import { TlsConnections, tooLate } from '../../../platform/egress/tls-connections.js';
import { trustedCertificate } from '../../../platform/egress/tls-handshake.js';
import { Allowance } from '../../protocol/allowance.js';
import { OauthError } from '../../protocol/oauth-error.js';
import { documentTarget } from './document-url.js';
import { freshFor } from './freshness.js';

/** The time for name lookup, connection and response together: a user waits for it in front of a blank page. */
const WHOLE_MS = 5_000;
const MAX_AT_ONCE = 32;
/** Requests per minute and host: other people choose the host, and it must not be flooded. */
const PER_HOST = 30;
const LIMITS = { headerBytes: 16_384, responseBytes: 16_384 };

export interface FetchedJson {
  readonly json: unknown;
  readonly freshMs: number;
}

/**
 * Fetches a small JSON document from a URL that someone else chose. Like bots, it may reach only public or
 * operator-approved hosts over verified TLS. Redirects are not followed.
 */
@Injectable()
export class JsonFetch {
  private readonly rules: HostRules | undefined;
  private readonly perHost = new Allowance(PER_HOST, 60);
  private underWay = 0;

  constructor(
    private readonly connections: TlsConnections,
    { documentHosts }: Config,
  ) {
    this.rules = documentHosts.length ? new HostRules(documentHosts) : undefined;
  }

  /** Whether the operator allows documents from this host. */
  allows(url: URL): boolean {
    return this.rules?.allow(documentTarget(url)) ?? true;
  }

  /** Throws a WebRefusalError, or an OauthError if there were too many requests. */
  async fetch(url: URL, wholeMs = WHOLE_MS): Promise<FetchedJson> {
    if (!this.allows(url)) throw new WebRefusalError('FETCH_BLOCKED', `${url.hostname} is not among the allowed hosts`);
    if (this.underWay >= MAX_AT_ONCE) throw new OauthError('temporarily_unavailable');
    await this.perHost.take(url.hostname);
    this.underWay += 1;
    return this.go(url, wholeMs).finally(() => {
      this.underWay -= 1;
    });
  }

  private async go(url: URL, wholeMs: number): Promise<FetchedJson> {
    const target = documentTarget(url);
    using deadline = new AbortDeadline(new AbortController().signal, wholeMs, tooLate(target));
    const { signal } = deadline;
    const reply = await this.connections.visit(target, { reachMs: wholeMs }, signal, async (secure) => {
      trustedCertificate(secure, target.host);
      return exchange(secure, { url, method: 'GET', headers: HEADERS, body: undefined }, LIMITS, signal);
    });
    return { json: readJson(reply, target.host), freshMs: freshFor(reply.headers) };
  }
}

/**
 * Fetches the keys of clients, with limits of its own, so that slow key servers do not block the fetching of documents.
 */
@Injectable()
export class KeyFetch extends JsonFetch {}

const HEADERS = { accept: 'application/json', 'user-agent': `parley/${VERSION}` };

function readJson({ status, location, headers, body }: Reply, host: string): unknown {
  if (location !== undefined) throw new WebRefusalError('FETCH_BLOCKED', `${host} redirects`);
  if (status !== 200) throw new WebRefusalError('UNREACHABLE', `${host} answered with status ${status}`);
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  if (!/^application\/([a-z0-9.+-]+\+)?json *(;|$)/i.test(type)) throw notJson(host);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw notJson(host);
  }
}

const notJson = (host: string) => new WebRefusalError('UNREACHABLE', `${host} did not answer in JSON`);
