import type OAuth2Server from '@node-oauth/oauth2-server';
import { IsNull } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { hashOfSecret } from '../../kernel/ids.js';
import type { Config } from '../../platform/config/config.js';
import { OauthClient } from '../clients/oauth-client.entity.js';
import { allowedScopes } from '../protocol/oauth-scope.js';
import { AccessToken } from '../sessions/access-token.entity.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import type { Grantee, TokenExchange } from './token-exchange.js';

type Hooks = Pick<OAuth2Server.RefreshTokenModel, 'saveToken'>;

/** Stores the hashes of the tokens that are given out. A client that repeats itself gets those it has, while they last. */
export const tokenSaving = ({ tx, client, now }: TokenExchange, config: Config): Hooks => ({
  async saveToken(fresh, about, user) {
    const { open, resource, generation, repeated, storeSuccessor } = user as Grantee;
    const before = repeated && (await tx.findOneBy(AccessToken, { hash: hashOfSecret(repeated.accessToken) }));
    if (repeated && before && before.expiresAt > now) {
      const accessTokenExpiresAt = new Date(before.expiresAt);
      return { ...fresh, ...repeated, scope: repeated.scopes, accessTokenExpiresAt, client: about, user };
    }
    const { session, account } = await open();
    // The role may be another than when this was approved.
    const scopes = allowedScopes(account.role, fresh.scope as Scope[]);
    const common = { sessionId: session.id, clientId: client.id, resource };
    const expiresAt = now + config.accessTokenMs;
    const { id: accountId, name, role } = account;
    const hash = hashOfSecret(fresh.accessToken);
    await tx.insert(AccessToken, { ...common, hash, accountId, name, role, scopes, expiresAt });
    const refreshToken = repeated?.refreshToken ?? fresh.refreshToken;
    if (refreshToken && !repeated) {
      const lasting = { generation, rotatedAt: null, successor: null, expiresAt: now + config.refreshTokenMs };
      await tx.insert(RefreshToken, { ...common, ...lasting, hash: hashOfSecret(refreshToken) });
    }
    if (refreshToken) await storeSuccessor?.({ accessToken: fresh.accessToken, refreshToken, scopes });
    await tx.update(OauthClient, { id: client.id, firstUsedAt: IsNull() }, { firstUsedAt: now });
    const accessTokenExpiresAt = new Date(expiresAt);
    return { ...fresh, refreshToken, scope: scopes, accessTokenExpiresAt, client: about, user };
  },
});
