import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, errors, type JWTVerifyGetKey, type LocalJWKSet } from 'jose';
import { BoundedMap } from '../../kernel/bounded-map.js';
import { Clock } from '../../kernel/clock.js';
import { WebRefusalError } from '../../platform/egress/refusal.js';
import { OauthError } from '../protocol/oauth-error.js';
import { documentUrl } from './documents/document-url.js';
import { KeyFetch } from './documents/json-fetch.js';
import { isPublicKeySet } from './key-set.js';
import type { OauthClient } from './oauth-client.entity.js';

/** An unknown key may be new, so the key set is fetched again, but at most this often. */
const AGAIN_MS = 30_000;
const MAX_SETS = 1_000;

interface KeySet {
  readonly find: LocalJWKSet;
  readonly fetchedAt: number;
  readonly freshUntil: number;
}

/** The public keys of clients, from their metadata or from their `jwks_uri`. */
@Injectable()
export class ClientKeys {
  private readonly sets = new BoundedMap<KeySet>(MAX_SETS);

  constructor(
    private readonly web: KeyFetch,
    private readonly clock: Clock,
  ) {}

  /** A function that finds the key of a signature. A client without keys has no matching key. */
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
      if (!isPublicKeySet(json)) throw new WebRefusalError('UNREACHABLE', `${url.hostname} has no keys there`);
      const now = this.clock.now();
      const set = { find: createLocalJWKSet(json), fetchedAt: now, freshUntil: now + freshMs };
      this.sets.set(url.href, set);
      return set;
    } catch (error) {
      if (!(error instanceof WebRefusalError)) throw error;
      // This may not be the client's fault, and after invalid_client it would register again.
      throw new OauthError('temporarily_unavailable', 'The keys of this client could not be fetched.');
    }
  }
}
