import type OAuth2Server from '@node-oauth/oauth2-server';
import { newToken } from '../../kernel/secrets.js';
import type { Config } from '../../platform/config/config.js';
import { approvableScopes, grantedScopes } from '../protocol/oauth-scope.js';
import { codeGrant } from './code-grant.js';
import { refreshGrant } from './refresh-grant.js';
import { asLibraryClient, type Grantee, type TokenExchange } from './token-exchange.js';
import { tokenSaving } from './token-saving.js';

/** The model through which the library exchanges a grant for tokens. */
export function exchangeModel(exchange: TokenExchange, config: Config) {
  const { tx, client, grantType, sessions, resource } = exchange;
  return {
    ...codeGrant(exchange),
    ...refreshGrant(exchange),
    ...tokenSaving(exchange, config),

    getClient: async () => asLibraryClient(exchange),
    generateAccessToken: async () => newToken('pat'),
    generateRefreshToken: async () => (client.mayUse('refresh_token') ? newToken('prt') : ''),
    validateScope: async (_user, _client, scope) => {
      const scopes = grantedScopes(scope?.join(' '));
      // A program that signs in as itself is a guest; other scopes were approved by a user.
      return grantType === 'client_credentials' ? approvableScopes('guest', scopes) : scopes;
    },

    async getUserFromClient() {
      return { open: () => sessions.ofMachine(tx, client), resource, generation: 1 } satisfies Grantee;
    },

    // Asked by the library's own bearer check, which we do not use.
    getAccessToken: async () => undefined,
  } satisfies OAuth2Server.RefreshTokenModel & OAuth2Server.ClientCredentialsModel;
}
