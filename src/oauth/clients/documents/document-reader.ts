import { Inject, Injectable } from '@nestjs/common';
import { BoundedMap } from '../../../kernel/bounded-map.js';
import { Clock } from '../../../kernel/clock.js';
import { WebRefusalError } from '../../../platform/egress/refusal.js';
import { addressKey } from '../../../platform/limits/address.js';
import type { Log } from '../../../platform/observability/logging.js';
import { LOG } from '../../../platform/platform.module.js';
import { Allowance } from '../../protocol/allowance.js';
import { OauthError } from '../../protocol/oauth-error.js';
import type { ClientMetadata } from '../client-metadata.js';
import type { OauthClient } from '../oauth-client.entity.js';
import { readClientDocument } from './client-document.js';
import { JsonFetch } from './json-fetch.js';

/** How long a failed fetch is not repeated: short enough for the author who corrects the document. */
const FAILED_MS = 60_000;
const MAX_FAILURES = 1_000;

export interface ReadDocument {
  readonly metadata: ClientMetadata;
  readonly freshMs: number;
}

/** Stores a document as a client. */
type Keep = (document: ReadDocument) => Promise<OauthClient>;

/** Fetches metadata documents. Concurrent requests for the same document share one fetch. */
@Injectable()
export class DocumentReader {
  private readonly underWay = new Map<string, Promise<OauthClient>>();
  private readonly failed = new BoundedMap<{ readonly until: number; readonly failure: OauthError }>(MAX_FAILURES);
  /** Of documents that are not at hand, in ten minutes. */
  private readonly perNetwork = new Allowance(60, 600);

  constructor(
    private readonly web: JsonFetch,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * The client of a document. Others who ask for it wait until it is stored, so that it is fetched once. Throws an OauthError
   * if there is no valid document. `asker` is the address of the requester.
   */
  async read(url: URL, asker: string, keep: Keep): Promise<OauthClient> {
    const failed = this.failed.get(url.href);
    if (failed && failed.until > this.clock.now()) throw failed.failure;
    return this.underWay.get(url.href) ?? this.begin(url, asker, keep);
  }

  private begin(url: URL, asker: string, keep: Keep): Promise<OauthClient> {
    const reading = this.fetched(url, asker)
      .then(keep)
      .finally(() => this.underWay.delete(url.href));
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

  private failureOf(error: unknown, url: URL): OauthError {
    if (error instanceof OauthError) return error;
    if (!(error instanceof WebRefusalError)) throw error;
    this.log.info({ host: url.hostname, reason: error.detail }, 'a metadata document could not be fetched');
    // The reason is only logged: it could reveal what exists in our network.
    return new OauthError('invalid_client', 'The metadata document of this app could not be fetched.');
  }

  private remember(url: URL, failure: OauthError) {
    this.failed.set(url.href, { until: this.clock.now() + FAILED_MS, failure });
  }
}
