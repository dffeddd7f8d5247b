import { Injectable } from '@nestjs/common';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Clock } from '../../kernel/clock.js';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database.js';
import { SessionsService } from '../sessions.service.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { AuthorizationServer, type IssuedTokens, type TokenRequest } from './authorization-server.js';
import { exchangeModel } from './exchange-model.js';
import { issueModel } from './issue-model.js';
import type { OauthClient } from './oauth-client.entity.js';
import { isOauthErrorCode, OauthFailure } from './oauth-failure.js';
import { knownScopes } from './oauth-scope.js';

/**
 * The grants by @node-oauth/oauth2-server. What it leaves to its host is done before it is asked: the client is
 * authenticated, the redirect and the resource are settled, PKCE is demanded. Its hooks get no request, so each request
 * has a model of its own; and it is not atomic, so each exchange is one write.
 */
@Injectable()
export class NodeOauthServer extends AuthorizationServer {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly sessions: SessionsService,
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
      // Who approved is settled, but the library wants to hear of somebody.
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
        // A refusal is committed too: a code tried with a wrong verifier is used up, a replayed token ends its session.
        return refusalOf(error);
      }
    });
    if (outcome instanceof OauthFailure) throw outcome;
    return outcome;
  }
}

const library = (model: OAuth2Server.ServerOptions['model']) => new OAuth2Server({ model });

/** The client was authenticated before; without this the library would ask for the secret of public ones. */
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

/** The library's refusals in our words; what is no refusal is thrown on and undoes the write. */
function refusalOf(error: unknown): OauthFailure {
  const cause = error instanceof OAuth2Server.OAuthError ? ((error as { inner?: unknown }).inner ?? error) : error;
  if (cause instanceof OauthFailure) return cause;
  if (cause instanceof OAuth2Server.OAuthError && isOauthErrorCode(cause.name)) return new OauthFailure(cause.name);
  throw cause;
}
