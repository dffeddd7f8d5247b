import type OAuth2Server from '@node-oauth/oauth2-server';
import { IsNull } from 'typeorm';
import { hashOfSecret } from '../../kernel/ids.js';
import { AuthorizationCode } from '../sessions/authorization-code.entity.js';
import { asLibraryClient, boundResource, type Grantee, type TokenExchange } from './token-exchange.js';

type Hooks = Pick<OAuth2Server.AuthorizationCodeModel, 'getAuthorizationCode' | 'revokeAuthorizationCode'>;

/**
 * The authorization code grant. A code works once, for its client. The library marks it as used before it checks the
 * PKCE verifier, so a wrong verifier also uses it up.
 */
export const codeGrant = (exchange: TokenExchange): Hooks => ({
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
      // Compared below, so that a mismatch is reported as invalid_grant, as the RFC requires.
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
    // OAuth 2.1 clients omit it; if it is sent, it must be the same.
    return affected === 1 && (parameters.redirect_uri ?? redirectUri) === redirectUri;
  },
});
