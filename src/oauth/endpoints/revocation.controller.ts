import { Body, Controller, Headers, HttpCode, Post, UseFilters } from '@nestjs/common';
import { hashOfSecret } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { readCredentials } from '../clients/client-credentials.js';
import { OauthClients } from '../clients/clients.service.js';
import { OauthFailureFilter } from '../protocol/oauth-error.filter.js';
import { OauthError } from '../protocol/oauth-error.js';
import { readParameters } from '../protocol/parameters.js';
import { AccessToken } from '../sessions/access-token.entity.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { Sessions } from '../sessions/sessions.service.js';

/**
 * Token revocation (RFC 7009). Revoking any token of a session ends the session; unknown tokens and tokens of other
 * clients also get a 200.
 */
@Controller()
@UseFilters(OauthFailureFilter)
export class RevocationController {
  constructor(
    private readonly database: Database,
    private readonly clients: OauthClients,
    private readonly sessions: Sessions,
  ) {}

  @Post(['oauth/revoke', 'revoke'])
  @HttpCode(200)
  async revoke(@Body() body: unknown, @Headers('authorization') authorization: string | undefined) {
    const parameters = readParameters(body);
    const client = await this.clients.authenticate(readCredentials(authorization, parameters));
    if (parameters.token === undefined) throw new OauthError('invalid_request');
    const named = { hash: hashOfSecret(parameters.token), clientId: client.id };
    await this.database.write(async (tx) => {
      const token = (await tx.findOneBy(RefreshToken, named)) ?? (await tx.findOneBy(AccessToken, named));
      if (token) await this.sessions.end(tx, token.sessionId);
    });
  }
}
