import { Injectable } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { LessThan } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { OauthError } from '../protocol/oauth-error.js';
import { TOKEN_PATHS } from '../protocol/oauth-paths.js';
import { ClientKeys } from './client-keys.js';
import type { OauthClient } from './oauth-client.entity.js';
import { UsedAssertion } from './used-assertion.entity.js';

/** Only asymmetric algorithms: `none` proves nothing, and an HMAC key would be a shared secret. */
export const SIGNING_ALGS: string[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** The allowed difference between clocks, in seconds. */
const SKEW_S = 30;
/** The maximum lifetime of an assertion, in seconds; it is made for one request. */
const MAX_LIFE_S = 900;
const MAX_ID_LENGTH = 256;

/** Authenticates clients by a signed JWT (RFC 7523), which is valid for this server, for a short time, and once. */
@Injectable()
export class ClientAssertions {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly keys: ClientKeys,
  ) {}

  /** Throws an OauthError unless the client signed this assertion for this server and has not used it before. */
  async check(assertion: string, client: OauthClient) {
    const { jti = '', exp = 0 } = await this.verified(assertion, client);
    const hash = hashOfSecret(`${client.id}\n${jti}`);
    const now = this.clock.now();
    await this.database.write(async (tx) => {
      await tx.delete(UsedAssertion, { expiresAt: LessThan(now) });
      if (await tx.existsBy(UsedAssertion, { hash })) throw new OauthError('invalid_client');
      await tx.insert(UsedAssertion, { hash, expiresAt: (exp + SKEW_S) * 1_000 });
    });
  }

  private async verified(assertion: string, client: OauthClient): Promise<JWTPayload> {
    const audience = [this.config.publicUrl, ...TOKEN_PATHS.map((path) => `${this.config.publicUrl}/${path}`)];
    const now = this.clock.now();
    try {
      const { payload } = await jwtVerify(assertion, this.keys.of(client), {
        algorithms: SIGNING_ALGS,
        issuer: client.clientId,
        subject: client.clientId,
        audience,
        requiredClaims: ['exp', 'jti'],
        clockTolerance: SKEW_S,
        currentDate: new Date(now),
      });
      if (isForOneUse(payload, audience, now / 1_000)) return payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
    throw new OauthError('invalid_client');
  }
}

/**
 * Whether the assertion has only this server as audience, so that no other receiver can replay it here, and a short
 * lifetime.
 */
function isForOneUse({ aud, exp = 0, iat = 0, jti }: JWTPayload, audience: readonly string[], now: number): boolean {
  const isOurs = [aud].flat().every((name) => name !== undefined && audience.includes(name));
  const isNamed = typeof jti === 'string' && jti.length > 0 && jti.length <= MAX_ID_LENGTH;
  return isOurs && isNamed && exp <= now + MAX_LIFE_S + SKEW_S && iat <= now + SKEW_S;
}
