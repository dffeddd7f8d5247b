import type OAuth2Server from '@node-oauth/oauth2-server';
import { hashOfSecret } from '../../kernel/ids.js';
import type { Session } from '../session.entity.js';
import { asLibraryClient, boundResource, type Exchange, type Grantee } from './exchange.js';
import { OauthFailure } from './oauth-failure.js';
import { knownScopes } from './oauth-scope.js';
import { claimRefreshToken, isRepeat } from './refresh-rotation.js';
import { RefreshToken } from './refresh-token.entity.js';
import { openSuccessor, type Successor, sealSuccessor } from './successor.js';

type Hooks = Pick<OAuth2Server.RefreshTokenModel, 'getRefreshToken' | 'revokeToken'>;

/**
 * A refresh token is exchanged for the next of its session, of which there is one: a client that asks again is given the
 * same. A token that is used when it should not be ends the session.
 */
export const refreshGrant = (exchange: Exchange): Hooks => ({
  async getRefreshToken(secret) {
    const { tx, client, sessions, now } = exchange;
    const token = await tx.findOneBy(RefreshToken, { hash: hashOfSecret(secret), clientId: client.id });
    if (!token || token.expiresAt <= now) return undefined;
    const open = await sessions.resume(tx, token.sessionId);
    const again = token.rotatedAt === null ? undefined : await givenBefore(exchange, token, secret, open.session);
    if (again === null) return undefined;
    // Before anything is claimed: asking for too much must not use the token up.
    if (knownScopes(exchange.parameters.scope).some((scope) => !open.session.scopes.includes(scope))) {
      throw new OauthFailure('invalid_scope');
    }
    const grantee: Grantee = {
      open: async () => open,
      resource: boundResource(exchange, token.resource),
      generation: token.generation + 1,
      again,
      keep: async (successor) => {
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
    if ((user as Grantee).again || (await claimRefreshToken(tx, token, now))) return true;
    await sessions.end(tx, token.sessionId);
    return false;
  },
});

/** What a used token was exchanged for, where its client asks again in time; else null, and the session is ended. */
async function givenBefore(
  { tx, sessions, now }: Exchange,
  token: RefreshToken,
  secret: string,
  { usedGeneration }: Session,
): Promise<Successor | null> {
  if (!isRepeat(token, usedGeneration, now)) {
    await sessions.end(tx, token.sessionId);
    return null;
  }
  // Used by a version of the server that did not keep it: the client's other process has it.
  return token.successor === null ? null : openSuccessor(token.successor, secret);
}
