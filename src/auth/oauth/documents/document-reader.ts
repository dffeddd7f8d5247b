import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import { WebRefusal } from '../../../platform/egress/refusal.js';
import { addressKey } from '../../../platform/limits/address.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/platform.module.js';
import { Allowance } from '../allowance.js';
import type { ClientMetadata } from '../client-metadata.js';
import { OauthFailure } from '../oauth-failure.js';
import { readClientDocument } from './client-document.js';
import { JsonFetch } from './json-fetch.js';

/** What failed is not tried again for so long. Long enough for us, short enough for whoever is mending a document. */
const FAILED_MS = 60_000;
const MOST_FAILURES = 1_000;

export interface ReadDocument {
  readonly metadata: ClientMetadata;
  readonly freshMs: number;
}

/** Reads metadata documents where they are. People who ask for the same at once wait for one fetch. */
@Injectable()
export class DocumentReader {
  private readonly underWay = new Map<string, Promise<ReadDocument>>();
  private readonly failed = new Map<string, { readonly until: number; readonly failure: OauthFailure }>();
  /** Of documents that are not at hand, in ten minutes. */
  private readonly perNetwork = new Allowance(60, 600);

  constructor(
    private readonly web: JsonFetch,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Throws an OauthFailure where there is no good document. `asker` is the address of who wants it. */
  async read(url: URL, asker: string): Promise<ReadDocument> {
    const failed = this.failed.get(url.href);
    if (failed && failed.until > this.clock.now()) throw failed.failure;
    return this.underWay.get(url.href) ?? this.begin(url, asker);
  }

  private begin(url: URL, asker: string): Promise<ReadDocument> {
    const reading = this.fetched(url, asker).finally(() => this.underWay.delete(url.href));
    this.underWay.set(url.href, reading);
    return reading;
  }

  private async fetched(url: URL, asker: string): Promise<ReadDocument> {
    try {
      await this.perNetwork.take(addressKey(asker));
      const { json, freshMs } = await this.web.fetch(url);
      return { metadata: readClientDocument(json, url), freshMs };
    } catch (error) {
      const failure = this.failureOf(error, url);
      if (failure.error !== 'temporarily_unavailable') this.remember(url, failure);
      throw failure;
    }
  }

  private failureOf(error: unknown, url: URL): OauthFailure {
    if (error instanceof OauthFailure) return error;
    if (!(error instanceof WebRefusal)) throw error;
    this.log.info({ host: url.hostname, reason: error.detail }, 'a metadata document could not be fetched');
    // Why is for the log: a stranger must not learn from us what there is in our network.
    return new OauthFailure('invalid_client', 'The metadata document of this app could not be fetched.');
  }

  private remember(url: URL, failure: OauthFailure) {
    this.failed.delete(url.href);
    this.failed.set(url.href, { until: this.clock.now() + FAILED_MS, failure });
    const [oldest] = this.failed.keys();
    if (this.failed.size > MOST_FAILURES && oldest) this.failed.delete(oldest);
  }
}
