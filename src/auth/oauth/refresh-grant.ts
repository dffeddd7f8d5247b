import type OAuth2Server from '@node-oauth/oauth2-server';
import { hashOfSecret } from '../../kernel/ids.js';
import { asLibraryClient, boundResource, type Exchange, type Grantee } from './exchange.js';
import { OauthFailure } from './oauth-failure.js';
import { knownScopes } from './oauth-scope.js';
import { claimRefreshToken } from './refresh-rotation.js';
import { RefreshToken } from './refresh-token.entity.js';

type Hooks = Pick<OAuth2Server.RefreshTokenModel, 'getRefreshToken' | 'revokeToken'>;

/** A refresh token is exchanged for the next of its session. One that is used when it should not be ends the session. */
export const refreshGrant = (exchange: Exchange): Hooks => ({
  async getRefreshToken(secret) {
    const { tx, client, sessions, now } = exchange;
    const token = await tx.findOneBy(RefreshToken, { hash: hashOfSecret(secret), clientId: client.id });
    if (!token || token.expiresAt <= now) return undefined;
    const open = await sessions.resume(tx, token.sessionId);
    // Before anything is claimed: asking for too much must not use the token up.
    if (knownScopes(exchange.parameters.scope).some((scope) => !open.session.scopes.includes(scope))) {
      throw new OauthFailure('invalid_scope');
    }
    const grantee: Grantee = {
      open: async () => open,
      resource: boundResource(exchange, token.resource),
      generation: token.generation + 1,
    };
    return {
      refreshToken: secret,
      scope: open.session.scopes,
      client: asLibraryClient(exchange),
      user: grantee,
      token,
    };
  },

  async revokeToken({ token }) {
    const { tx, sessions, now } = exchange;
    if (await claimRefreshToken(tx, token, now)) return true;
    await sessions.end(tx, token.sessionId);
    return false;
  },
});
