import type OAuth2Server from '@node-oauth/oauth2-server';
import { hashOfSecret } from '../../kernel/ids.js';
import { OauthError } from '../protocol/oauth-error.js';
import { knownScopes } from '../protocol/oauth-scope.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import type { Session } from '../sessions/session.entity.js';
import { claimRefreshToken, isRepeat } from './refresh-rotation.js';
import { openSuccessor, type Successor, sealSuccessor } from './successor.js';
import { asLibraryClient, boundResource, type Grantee, type TokenExchange } from './token-exchange.js';

type Hooks = Pick<OAuth2Server.RefreshTokenModel, 'getRefreshToken' | 'revokeToken'>;

/**
 * The refresh token grant. A refresh token is exchanged for a new one; if the client repeats the request, it gets the
 * same one. Any other reuse ends the session.
 */
export const refreshGrant = (exchange: TokenExchange): Hooks => ({
  async getRefreshToken(secret) {
    const { tx, client, sessions, now } = exchange;
    const token = await tx.findOneBy(RefreshToken, { hash: hashOfSecret(secret), clientId: client.id });
    if (!token || token.expiresAt <= now) return undefined;
    const open = await sessions.resume(tx, token.sessionId);
    const again = token.rotatedAt === null ? undefined : await givenBefore(exchange, token, secret, open.session);
    if (again === null) return undefined;
    // Checked first: requesting too many scopes must not use the token up.
    if (knownScopes(exchange.parameters.scope).some((scope) => !open.session.scopes.includes(scope))) {
      throw new OauthError('invalid_scope');
    }
    const grantee: Grantee = {
      open: async () => open,
      resource: boundResource(exchange, token.resource),
      generation: token.generation + 1,
      repeated: again,
      storeSuccessor: async (successor) => {
        await tx.update(RefreshToken, { hash: token.hash }, { successor: sealSuccessor(successor, secret) });
      },
    };
    return {
      refreshToken: secret,
      scope: open.session.scopes,
      client: asLibraryClient(exchange),
      user: grantee,
      token,
    };
  },

  async revokeToken({ token, user }) {
    const { tx, sessions, now } = exchange;
    if ((user as Grantee).repeated || (await claimRefreshToken(tx, token, now))) return true;
    await sessions.end(tx, token.sessionId);
    return false;
  },
});

/**
 * The tokens for which a used refresh token was exchanged, if this is a legitimate repeat; otherwise null, and the
 * session is ended.
 */
async function givenBefore(
  { tx, sessions, now }: TokenExchange,
  token: RefreshToken,
  secret: string,
  { usedGeneration }: Session,
): Promise<Successor | null> {
  if (!isRepeat(token, usedGeneration, now)) {
    await sessions.end(tx, token.sessionId);
    return null;
  }
  // An earlier version of the server did not store the successor; another process of the client has it.
  return token.successor === null ? null : openSuccessor(token.successor, secret);
}
