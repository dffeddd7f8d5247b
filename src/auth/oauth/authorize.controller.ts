import { Body, Controller, Get, Headers, Ip, Post, Query, Res, UseFilters } from '@nestjs/common';
import type { Response } from 'express';
import { Config } from '../../platform/config.js';
import { sendPage } from '../page.js';
import { type AuthorizationRequest, readAuthorizationRequest, readRedirectUri } from './authorization-request.js';
import { AuthorizationServer } from './authorization-server.js';
import { AuthorizeFailureFilter } from './authorize-failure.filter.js';
import { ClientsService } from './clients.service.js';
import { consentPage, formTargetOf } from './consent-page.js';
import { ConsentsService } from './consents.service.js';
import { needsNoClick } from './known-connectors.js';
import type { OauthClient } from './oauth-client.entity.js';
import { OauthFailure } from './oauth-failure.js';
import { approvableScopes } from './oauth-scope.js';
import { readParameters } from './parameters.js';
import { withParameters } from './redirect-uri.js';

const PATHS = ['oauth/authorize', 'authorize'];

/** Where a browser asks for a code. Open mode knows nobody, so approving means letting in a new guest. */
@Controller()
@UseFilters(AuthorizeFailureFilter)
export class AuthorizeController {
  constructor(
    private readonly config: Config,
    private readonly clients: ClientsService,
    private readonly consents: ConsentsService,
    private readonly server: AuthorizationServer,
  ) {}

  @Get(PATHS)
  async ask(@Query() query: unknown, @Ip() address: string, @Res() response: Response) {
    const parameters = readParameters(query);
    const client = known(await this.clients.arriving(parameters.client_id ?? '', address));
    const redirectUri = readRedirectUri(parameters, client);
    let request: AuthorizationRequest;
    try {
      const asked = readAuthorizationRequest(parameters, client, this.config.publicUrl);
      // Nobody signs in here, so everybody is a guest.
      const scopes = approvableScopes('guest', asked.scopes);
      request = { clientId: client.id, redirectUri, ...asked, scopes };
    } catch (error) {
      if (!(error instanceof OauthFailure)) throw error;
      return this.sendBack(response, { redirectUri, state: parameters.state }, { ...error.body });
    }
    if (needsNoClick(redirectUri)) return this.approve(response, request, client);
    const ticket = await this.consents.ask(request);
    sendPage(response, 200, consentPage(client.name, request, ticket), formTargetOf(redirectUri));
  }

  @Post(PATHS)
  async decide(@Body() body: unknown, @Headers('sec-fetch-site') site: string | undefined, @Res() response: Response) {
    const { ticket = '', decision } = readParameters(body);
    if (site !== undefined && site !== 'same-origin') throw new OauthFailure('access_denied');
    if (decision !== 'approve' && decision !== 'deny') throw new OauthFailure('invalid_request');
    const request = await this.consents.redeem(ticket);
    if (!request) {
      throw new OauthFailure('invalid_request', 'This page was used or is too old. Start again in the app.');
    }
    if (decision === 'deny') return this.sendBack(response, request, { ...new OauthFailure('access_denied').body });
    return this.approve(response, request, known(await this.clients.byId(request.clientId)));
  }

  private async approve(response: Response, request: AuthorizationRequest, client: OauthClient) {
    this.sendBack(response, request, { code: await this.server.issueCode(request, client) });
  }

  /** Names the issuer each time (RFC 9207), so that a client with several servers knows who answers. */
  private sendBack(
    response: Response,
    { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
    answer: Record<string, string>,
  ) {
    const location = withParameters(redirectUri, { ...answer, state, iss: this.config.publicUrl });
    response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }).redirect(302, location);
  }
}

function known(client: OauthClient | null): OauthClient {
  if (client) return client;
  throw new OauthFailure(
    'invalid_client',
    'This app is not registered here. Remove the connection in it and add it again.',
  );
}
