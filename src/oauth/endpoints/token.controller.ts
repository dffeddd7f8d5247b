import { Body, Controller, Header, Headers, HttpCode, Post, UseFilters } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { readCredentials } from '../clients/client-credentials.js';
import { OauthClients } from '../clients/clients.service.js';
import { GRANT_TYPES } from '../clients/oauth-client.entity.js';
import { AuthorizationServer } from '../grants/authorization-server.js';
import { OauthFailureFilter } from '../protocol/oauth-error.filter.js';
import { OauthError } from '../protocol/oauth-error.js';
import { TOKEN_PATHS } from '../protocol/oauth-paths.js';
import { readParameters } from '../protocol/parameters.js';
import { knownResource } from '../protocol/resource.js';

/** The token endpoint (RFC 6749): authorization code, refresh token and client credentials. */
@Controller()
@UseFilters(OauthFailureFilter)
export class TokenController {
  constructor(
    private readonly config: Config,
    private readonly clients: OauthClients,
    private readonly server: AuthorizationServer,
  ) {}

  @Post(TOKEN_PATHS)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async token(@Body() body: unknown, @Headers('authorization') authorization: string | undefined) {
    const parameters = readParameters(body);
    const client = await this.clients.authenticate(readCredentials(authorization, parameters));
    const grantType = readGrantType(parameters.grant_type);
    if (!client.mayUse(grantType)) throw new OauthError('unauthorized_client');
    const resource = knownResource(parameters.resource, this.config.publicUrl);
    const issued = await this.server.exchange({ client, grantType, resource, parameters });
    return {
      access_token: issued.accessToken,
      token_type: 'Bearer',
      expires_in: issued.expiresInS,
      ...(issued.refreshToken && { refresh_token: issued.refreshToken }),
      scope: issued.scopes.join(' '),
    };
  }
}

function readGrantType(asked: string | undefined) {
  if (asked === undefined) throw new OauthError('invalid_request');
  const grantType = GRANT_TYPES.find((known) => known === asked);
  if (!grantType) throw new OauthError('unsupported_grant_type');
  return grantType;
}
