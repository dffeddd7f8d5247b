import type OAuth2Server from '@node-oauth/oauth2-server';
import { IsNull } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { hashOfSecret } from '../../kernel/ids.js';
import type { Config } from '../../platform/config.js';
import { AccessToken } from '../access-token.entity.js';
import { newToken } from '../secrets.js';
import { codeGrant } from './code-grant.js';
import { asLibraryClient, type Exchange, type Grantee } from './exchange.js';
import { OauthClient } from './oauth-client.entity.js';
import { allowedScopes, approvableScopes, grantedScopes } from './oauth-scope.js';
import { refreshGrant } from './refresh-grant.js';
import { RefreshToken } from './refresh-token.entity.js';

/** What the library asks while it exchanges a grant for tokens. */
export function exchangeModel(exchange: Exchange, config: Config) {
  const { tx, client, grantType, sessions, now, resource } = exchange;
  return {
    ...codeGrant(exchange),
    ...refreshGrant(exchange),

    getClient: async () => asLibraryClient(exchange),
    generateAccessToken: async () => newToken('pat'),
    generateRefreshToken: async () => (client.mayUse('refresh_token') ? newToken('prt') : ''),
    validateScope: async (_user, _client, scope) => {
      const asked = grantedScopes(scope?.join(' '));
      // A program that signs in as itself is a guest; for everyone else a person has approved.
      return grantType === 'client_credentials' ? approvableScopes('guest', asked) : asked;
    },

    async getUserFromClient() {
      return { open: () => sessions.ofMachine(tx, client), resource, generation: 1 } satisfies Grantee;
    },

    async saveToken(fresh, about, user) {
      const { open, resource: bound, generation, again, keep } = user as Grantee;
      const before = again && (await tx.findOneBy(AccessToken, { hash: hashOfSecret(again.accessToken) }));
      if (again && before && before.expiresAt > now) {
        const accessTokenExpiresAt = new Date(before.expiresAt);
        return { ...fresh, ...again, scope: again.scopes, accessTokenExpiresAt, client: about, user };
      }
      const { session, account } = await open();
      // The role may be another than when this was approved.
      const scopes = allowedScopes(account.role, fresh.scope as Scope[]);
      const common = { sessionId: session.id, clientId: client.id, resource: bound };
      const accessTokenExpiresAt = new Date(now + config.accessTokenMs);
      await tx.insert(AccessToken, {
        ...common,
        hash: hashOfSecret(fresh.accessToken),
        accountId: account.id,
        name: account.name,
        role: account.role,
        scopes,
        expiresAt: accessTokenExpiresAt.getTime(),
      });
      const refreshToken = again?.refreshToken ?? fresh.refreshToken;
      if (refreshToken && !again) {
        const hash = hashOfSecret(refreshToken);
        const expiresAt = now + config.refreshTokenMs;
        await tx.insert(RefreshToken, {
          ...common,
          hash,
          generation,
          rotatedAt: null,
          successor: null,
          expiresAt,
        });
      }
      if (refreshToken) await keep?.({ accessToken: fresh.accessToken, refreshToken, scopes });
      await tx.update(OauthClient, { id: client.id, firstUsedAt: IsNull() }, { firstUsedAt: now });
      return { ...fresh, refreshToken, scope: scopes, accessTokenExpiresAt, client: about, user };
    },

    // Asked by the library's own bearer check, which we do not use.
    getAccessToken: async () => undefined,
  } satisfies OAuth2Server.RefreshTokenModel & OAuth2Server.ClientCredentialsModel;
}
