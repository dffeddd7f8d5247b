import { Body, Controller, Header, Headers, HttpCode, Post, UseFilters } from '@nestjs/common';
import { Config } from '../../platform/config.js';
import { AuthorizationServer } from './authorization-server.js';
import { readCredentials } from './client-credentials.js';
import { ClientsService } from './clients.service.js';
import { GRANT_TYPES } from './oauth-client.entity.js';
import { OauthFailureFilter } from './oauth-failure.filter.js';
import { OauthFailure } from './oauth-failure.js';
import { TOKEN_PATHS } from './oauth-paths.js';
import { readParameters } from './parameters.js';
import { knownResource } from './resource.js';

/** Tokens for a code, a refresh token or a client's own secret (RFC 6749). */
@Controller()
@UseFilters(OauthFailureFilter)
export class TokenController {
  constructor(
    private readonly config: Config,
    private readonly clients: ClientsService,
    private readonly server: AuthorizationServer,
  ) {}

  @Post(TOKEN_PATHS)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async token(@Body() body: unknown, @Headers('authorization') authorization: string | undefined) {
    const parameters = readParameters(body);
    const client = await this.clients.authenticate(readCredentials(authorization, parameters));
    const grantType = readGrantType(parameters.grant_type);
    if (!client.mayUse(grantType)) throw new OauthFailure('unauthorized_client');
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
  if (asked === undefined) throw new OauthFailure('invalid_request');
  const grantType = GRANT_TYPES.find((known) => known === asked);
  if (!grantType) throw new OauthFailure('unsupported_grant_type');
  return grantType;
}
