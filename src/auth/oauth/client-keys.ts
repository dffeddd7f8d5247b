import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, errors, type JWTVerifyGetKey, type LocalJWKSet } from 'jose';
import { Clock } from '../../kernel/clock.js';
import { WebRefusal } from '../../platform/egress/refusal.js';
import { documentUrl } from './documents/document-url.js';
import { KeyFetch } from './documents/json-fetch.js';
import { isPublicKeySet } from './key-set.js';
import type { OauthClient } from './oauth-client.entity.js';
import { OauthFailure } from './oauth-failure.js';

/** A key that is not in the set may be new: the set is fetched again, but not more often than this. */
const AGAIN_MS = 30_000;
const MOST_SETS = 1_000;

interface KeySet {
  readonly find: LocalJWKSet;
  readonly fetchedAt: number;
  readonly freshUntil: number;
}

/** The public keys of clients, from their metadata or from where it says they are. */
@Injectable()
export class ClientKeys {
  private readonly sets = new Map<string, KeySet>();

  constructor(
    private readonly web: KeyFetch,
    private readonly clock: Clock,
  ) {}

  /** Finds the key of a signature. A client without keys has none that fits. */
  of({ jwks, jwksUri }: OauthClient): JWTVerifyGetKey {
    if (jwks) return createLocalJWKSet(jwks);
    const url = jwksUri ? documentUrl(jwksUri) : undefined;
    if (!url) return () => Promise.reject(new errors.JWKSNoMatchingKey());
    return async (header, token) => {
      const set = await this.at(url);
      try {
        return await set.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || set.fetchedAt + AGAIN_MS > this.clock.now()) throw error;
        return (await this.fetched(url)).find(header, token);
      }
    };
  }

  private async at(url: URL): Promise<KeySet> {
    const known = this.sets.get(url.href);
    return known && known.freshUntil > this.clock.now() ? known : this.fetched(url);
  }

  private async fetched(url: URL): Promise<KeySet> {
    try {
      const { json, freshMs } = await this.web.fetch(url);
      if (!isPublicKeySet(json)) throw new WebRefusal('UNREACHABLE', `${url.hostname} has no keys there`);
      const now = this.clock.now();
      const set = { find: createLocalJWKSet(json), fetchedAt: now, freshUntil: now + freshMs };
      this.remember(url, set);
      return set;
    } catch (error) {
      if (!(error instanceof WebRefusal)) throw error;
      // Not the client's fault as far as we know: an invalid_client would have it register again.
      throw new OauthFailure('temporarily_unavailable', 'The keys of this client could not be fetched.');
    }
  }

  private remember(url: URL, set: KeySet) {
    this.sets.delete(url.href);
    this.sets.set(url.href, set);
    const [oldest] = this.sets.keys();
    if (this.sets.size > MOST_SETS && oldest) this.sets.delete(oldest);
  }
}
