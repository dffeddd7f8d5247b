import type OAuth2Server from '@node-oauth/oauth2-server';
import { IsNull } from 'typeorm';
import { hashOfSecret } from '../../kernel/ids.js';
import { AuthorizationCode } from './authorization-code.entity.js';
import { asLibraryClient, boundResource, type Exchange, type Grantee } from './exchange.js';

type Hooks = Pick<OAuth2Server.AuthorizationCodeModel, 'getAuthorizationCode' | 'revokeAuthorizationCode'>;

/** A code works once, for its client. The library claims it before it looks at the verifier, so a wrong guess uses it up. */
export const codeGrant = (exchange: Exchange): Hooks => ({
  async getAuthorizationCode(secret) {
    const { tx, client, sessions, now } = exchange;
    const code = await tx.findOneBy(AuthorizationCode, { hash: hashOfSecret(secret), clientId: client.id });
    if (code?.usedAt) await sessions.end(tx, code.sessionId);
    if (!code || code.usedAt || code.expiresAt <= now) return undefined;
    const grantee: Grantee = {
      open: () => sessions.openBy(tx, code, client),
      resource: boundResource(exchange, code.resource),
      generation: 1,
    };
    return {
      authorizationCode: secret,
      expiresAt: new Date(code.expiresAt),
      // Compared below, where a mismatch is the RFC's invalid_grant.
      redirectUri: '',
      scope: code.scopes,
      codeChallenge: code.codeChallenge,
      codeChallengeMethod: 'S256',
      client: asLibraryClient(exchange),
      user: grantee,
    };
  },

  async revokeAuthorizationCode({ authorizationCode }) {
    const { tx, now, parameters } = exchange;
    const hash = hashOfSecret(authorizationCode);
    const { affected } = await tx.update(AuthorizationCode, { hash, usedAt: IsNull() }, { usedAt: now });
    const { redirectUri } = await tx.findOneByOrFail(AuthorizationCode, { hash });
    // OAuth 2.1 clients no longer send it; who does must send the same.
    return affected === 1 && (parameters.redirect_uri ?? redirectUri) === redirectUri;
  },
});
