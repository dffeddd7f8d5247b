import { Injectable } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { LessThan } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database.js';
import { ClientKeys } from './client-keys.js';
import type { OauthClient } from './oauth-client.entity.js';
import { OauthFailure } from './oauth-failure.js';
import { TOKEN_PATHS } from './oauth-paths.js';
import { UsedAssertion } from './used-assertion.entity.js';

/** Asymmetric ones only: `none` proves nothing, and a key that both sides have is a secret. */
export const SIGNING_ALGS: string[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** Clocks differ by so much. */
const SKEW_S = 30;
/** An assertion is made for one request. */
const LONGEST_LIFE_S = 900;
const LONGEST_ID = 256;

/** Clients that prove who they are with a signed JWT (RFC 7523), which is good here, now, and once. */
@Injectable()
export class ClientAssertions {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly keys: ClientKeys,
  ) {}

  /** Throws an OauthFailure unless the client made this assertion for us and has not shown it before. */
  async check(assertion: string, client: OauthClient) {
    const { jti = '', exp = 0 } = await this.verified(assertion, client);
    const hash = hashOfSecret(`${client.id}\n${jti}`);
    const now = this.clock.now();
    await this.database.write(async (tx) => {
      await tx.delete(UsedAssertion, { expiresAt: LessThan(now) });
      if (await tx.existsBy(UsedAssertion, { hash })) throw new OauthFailure('invalid_client');
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
    throw new OauthFailure('invalid_client');
  }
}

/** For us and nobody beside us, who could show it here; short, and not from the future. */
function isForOneUse({ aud, exp = 0, iat = 0, jti }: JWTPayload, audience: readonly string[], now: number): boolean {
  const isOurs = [aud].flat().every((name) => name !== undefined && audience.includes(name));
  const isNamed = typeof jti === 'string' && jti.length > 0 && jti.length <= LONGEST_ID;
  return isOurs && isNamed && exp <= now + LONGEST_LIFE_S + SKEW_S && iat <= now + SKEW_S;
}
