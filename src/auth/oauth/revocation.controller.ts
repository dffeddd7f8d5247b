import { Body, Controller, Headers, HttpCode, Post, UseFilters } from '@nestjs/common';
import { hashOfSecret } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { AccessToken } from '../access-token.entity.js';
import { SessionsService } from '../sessions.service.js';
import { readCredentials } from './client-credentials.js';
import { ClientsService } from './clients.service.js';
import { OauthFailureFilter } from './oauth-failure.filter.js';
import { OauthFailure } from './oauth-failure.js';
import { readParameters } from './parameters.js';
import { RefreshToken } from './refresh-token.entity.js';

/** Signing out (RFC 7009). Either token of a session ends all of them; what is not yours or not there is a silent 200. */
@Controller()
@UseFilters(OauthFailureFilter)
export class RevocationController {
  constructor(
    private readonly database: Database,
    private readonly clients: ClientsService,
    private readonly sessions: SessionsService,
  ) {}

  @Post(['oauth/revoke', 'revoke'])
  @HttpCode(200)
  async revoke(@Body() body: unknown, @Headers('authorization') authorization: string | undefined) {
    const parameters = readParameters(body);
    const client = await this.clients.authenticate(readCredentials(authorization, parameters));
    if (parameters.token === undefined) throw new OauthFailure('invalid_request');
    const named = { hash: hashOfSecret(parameters.token), clientId: client.id };
    await this.database.write(async (tx) => {
      const token = (await tx.findOneBy(RefreshToken, named)) ?? (await tx.findOneBy(AccessToken, named));
      if (token) await this.sessions.end(tx, token.sessionId);
    });
  }
}
