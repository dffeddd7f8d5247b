import { Controller, Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import type { Request } from 'express';
import { SCOPES } from '../../kernel/caller.js';
import { readClientMetadata } from '../clients/client-metadata.js';
import { OauthClients } from '../clients/clients.service.js';
import { OauthFailureFilter } from '../protocol/oauth-error.filter.js';
import { REGISTRATION_PATHS } from '../protocol/oauth-paths.js';

/** Dynamic client registration (RFC 7591). It never issues a token. */
@Controller()
@UseFilters(OauthFailureFilter)
export class RegistrationController {
  constructor(private readonly clients: OauthClients) {}

  @Post(REGISTRATION_PATHS)
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async register(@Req() request: Request) {
    const metadata = readClientMetadata(request.is('json') ? request.body : undefined);
    const { client, secret } = await this.clients.register(metadata, request.ip ?? '');
    return {
      client_id: client.id,
      client_id_issued_at: Math.floor(client.createdAt / 1000),
      ...(secret && { client_secret: secret, client_secret_expires_at: 0 }),
      ...(client.name && { client_name: client.name }),
      redirect_uris: client.redirectUris,
      grant_types: client.grantTypes,
      response_types: client.mayUse('authorization_code') ? ['code'] : [],
      token_endpoint_auth_method: client.authMethod,
      ...(client.jwks && { jwks: client.jwks }),
      ...(client.jwksUri && { jwks_uri: client.jwksUri }),
      scope: SCOPES.join(' '),
    };
  }
}
