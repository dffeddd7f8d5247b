import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config.js';
import { Deadline } from '../../../platform/egress/deadline.js';
import { HostRules } from '../../../platform/egress/host-rules.js';
import { exchange, type Reply } from '../../../platform/egress/http-exchange.js';
import { WebRefusal } from '../../../platform/egress/refusal.js';
import { trusted } from '../../../platform/egress/secure-line.js';
import { tooLate, Visits } from '../../../platform/egress/visits.js';
import { VERSION } from '../../../platform/version.js';
import { Allowance } from '../allowance.js';
import { OauthFailure } from '../oauth-failure.js';
import { targetOf } from './document-url.js';
import { freshFor } from './freshness.js';

/** From the look-up of the name to the last byte. A person waits for this in front of a blank page. */
const WHOLE_MS = 5_000;
const MOST_AT_ONCE = 32;
/** In a minute. Strangers choose where we go; nobody's site is to suffer from it. */
const PER_HOST = 30;
const LIMITS = { headerBytes: 16_384, responseBytes: 16_384 };

export interface Fetched {
  readonly json: unknown;
  readonly freshMs: number;
}

/**
 * Fetches a small JSON text from an address that a stranger named. The way there is the one that bots have: only what is on
 * the public internet or vouched for, over verified TLS. Redirects are not followed, because where they lead was not named.
 */
@Injectable()
export class JsonFetch {
  private readonly rules: HostRules | undefined;
  private readonly perHost = new Allowance(PER_HOST, 60);
  private underWay = 0;

  constructor(
    private readonly visits: Visits,
    { documentHosts }: Config,
  ) {
    this.rules = documentHosts.length ? new HostRules(documentHosts) : undefined;
  }

  /** Whether the operator lets what stands there count at all. */
  allows(url: URL): boolean {
    return this.rules?.allow(targetOf(url)) ?? true;
  }

  /** Throws a refusal in our own words, or an OauthFailure where too much is asked for. */
  async fetch(url: URL, wholeMs = WHOLE_MS): Promise<Fetched> {
    if (!this.allows(url)) throw new WebRefusal('FETCH_BLOCKED', `${url.hostname} is not among the allowed hosts`);
    if (this.underWay >= MOST_AT_ONCE) throw new OauthFailure('temporarily_unavailable');
    await this.perHost.take(url.hostname);
    this.underWay += 1;
    return this.go(url, wholeMs).finally(() => {
      this.underWay -= 1;
    });
  }

  private async go(url: URL, wholeMs: number): Promise<Fetched> {
    const target = targetOf(url);
    using deadline = new Deadline(new AbortController().signal, wholeMs, tooLate(target));
    const { signal } = deadline;
    const reply = await this.visits.visit(target, { reachMs: wholeMs }, signal, async (secure) => {
      trusted(secure, target.host);
      return exchange(secure, { url, method: 'GET', headers: HEADERS, body: undefined }, LIMITS, signal);
    });
    return { json: readJson(reply, target.host), freshMs: freshFor(reply.headers) };
  }
}

/** The same for the keys of clients, with places of its own: who makes us wait for keys keeps nobody from signing in. */
@Injectable()
export class KeyFetch extends JsonFetch {}

const HEADERS = { accept: 'application/json', 'user-agent': `parley/${VERSION}` };

function readJson({ status, location, headers, body }: Reply, host: string): unknown {
  if (location !== undefined) throw new WebRefusal('FETCH_BLOCKED', `${host} redirects`);
  if (status !== 200) throw new WebRefusal('UNREACHABLE', `${host} answered with status ${status}`);
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  if (!/^application\/([a-z0-9.+-]+\+)?json *(;|$)/i.test(type)) throw notJson(host);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw notJson(host);
  }
}

const notJson = (host: string) => new WebRefusal('UNREACHABLE', `${host} did not answer in JSON`);
