import { Injectable } from '@nestjs/common';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Clock } from '../../kernel/clock.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import type { AuthorizationRequest } from '../consent/authorization-request.js';
import { isOauthErrorCode, OauthError } from '../protocol/oauth-error.js';
import { knownScopes } from '../protocol/oauth-scope.js';
import { Sessions } from '../sessions/sessions.service.js';
import { AuthorizationServer, type IssuedTokens, type TokenRequest } from './authorization-server.js';
import { exchangeModel } from './exchange-model.js';
import { issueModel } from './issue-model.js';

/**
 * The grants by @node-oauth/oauth2-server. Before it is called we authenticate the client, validate the redirect URI
 * and the resource, and require PKCE. Its hooks do not receive the request, so each request has its own model; it is
 * not atomic, so each exchange runs in one write.
 */
@Injectable()
export class NodeOauthServer extends AuthorizationServer {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly sessions: Sessions,
  ) {
    super();
  }

  async issueCode(approved: AuthorizationRequest, client: OauthClient, accountId: string | null): Promise<string> {
    const query = {
      client_id: client.id,
      response_type: 'code',
      redirect_uri: approved.redirectUri,
      scope: approved.scopes.join(' '),
      code_challenge: approved.codeChallenge,
      code_challenge_method: 'S256',
    };
    const request = new OAuth2Server.Request({ headers: {}, method: 'GET', query });
    const { authorizationCode } = await this.database.write((tx) =>
      // The user is already known, but the library requires a function for it.
      library(issueModel(tx, approved, client, accountId, this.clock)).authorize(request, new OAuth2Server.Response(), {
        authenticateHandler: { handle: () => ({}) },
        allowEmptyState: true,
      }),
    );
    return authorizationCode;
  }

  async exchange(request: TokenRequest): Promise<IssuedTokens> {
    const outcome = await this.database.write(async (tx) => {
      try {
        const now = this.clock.now();
        const model = exchangeModel({ ...request, tx, now, sessions: this.sessions }, this.config);
        return issuedTokens(await library(model).token(asForm(request), new OAuth2Server.Response(), ALL_PUBLIC), now);
      } catch (error) {
        // A refusal is committed too: a wrong verifier uses the code up, and a replayed refresh token ends its session.
        return refusalOf(error);
      }
    });
    if (outcome instanceof OauthError) throw outcome;
    return outcome;
  }
}

const library = (model: OAuth2Server.ServerOptions['model']) => new OAuth2Server({ model });

/** The client is already authenticated; without this the library would require a secret of public clients. */
const ALL_PUBLIC = {
  requireClientAuthentication: { authorization_code: false, refresh_token: false, client_credentials: false },
};

function issuedTokens(token: OAuth2Server.Token, now: number): IssuedTokens {
  const { accessToken, refreshToken, scope = [], accessTokenExpiresAt } = token;
  const expiresInS = accessTokenExpiresAt ? Math.ceil((accessTokenExpiresAt.getTime() - now) / 1_000) : 0;
  return { accessToken, refreshToken, scopes: knownScopes(scope.join(' ')), expiresInS };
}

function asForm({ client, grantType, parameters }: TokenRequest) {
  const { code, code_verifier, redirect_uri, refresh_token, scope } = parameters;
  return new OAuth2Server.Request({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1' },
    query: {},
    body: {
      grant_type: grantType,
      client_id: client.id,
      code,
      code_verifier,
      redirect_uri,
      refresh_token,
      scope: knownScopes(scope).join(' ') || undefined,
    },
  });
}

/** Converts an error of the library. Other errors are rethrown and roll the write back. */
function refusalOf(error: unknown): OauthError {
  const cause = error instanceof OAuth2Server.OAuthError ? ((error as { inner?: unknown }).inner ?? error) : error;
  if (cause instanceof OauthError) return cause;
  if (cause instanceof OAuth2Server.OAuthError && isOauthErrorCode(cause.name)) return new OauthError(cause.name);
  throw cause;
}
