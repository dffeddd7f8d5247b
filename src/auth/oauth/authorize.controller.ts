import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Config } from '../../platform/config.js';
import { isFromForeignPage, isFromOwnPage } from '../../platform/page-origin.js';
import { readForm } from '../accounts/web/form.js';
import { PageFailureFilter } from '../accounts/web/page-failure.js';
import type { SignedIn } from '../accounts/web/visit.js';
import { Visitors } from '../accounts/web/visitors.service.js';
import { sendPage } from '../page.js';
import { type AuthorizationRequest, readAuthorizationRequest, readRedirectUri } from './authorization-request.js';
import { AuthorizationServer } from './authorization-server.js';
import { AuthorizeFailureFilter } from './authorize-failure.filter.js';
import { factsOf, hashOfFacts } from './client-facts.js';
import { ClientsService } from './clients.service.js';
import { changesSince } from './consent-changes.js';
import { consentPage, formTargetOf } from './consent-page.js';
import { ConsentsService, isCovered } from './consents.service.js';
import { needsNoClick } from './known-connectors.js';
import type { OauthClient } from './oauth-client.entity.js';
import { OauthFailure } from './oauth-failure.js';
import { AUTHORIZE_PATHS } from './oauth-paths.js';
import { approvableScopes, knownScopes } from './oauth-scope.js';
import { readParameters } from './parameters.js';
import { withParameters } from './redirect-uri.js';
import { spelledOrigin } from './resource.js';

/**
 * Where a browser asks for a code. In open mode nobody signs in, and approving means letting in a new guest. In accounts
 * mode whoever is signed in is asked; who is not signs in first and comes back with the ticket of what was asked.
 */
@Controller()
@UseFilters(AuthorizeFailureFilter, PageFailureFilter)
export class AuthorizeController {
  constructor(
    private readonly config: Config,
    private readonly clients: ClientsService,
    private readonly consents: ConsentsService,
    private readonly visitors: Visitors,
    private readonly server: AuthorizationServer,
  ) {}

  @Get(AUTHORIZE_PATHS)
  async ask(@Req() http: Request, @Res() response: Response) {
    const parameters = readParameters(http.query);
    const { client_id: clientId, ticket } = parameters;
    if (clientId === undefined && ticket !== undefined) {
      const request = mustWait(await this.consents.find(ticket));
      return this.askAccount(http, response, ticket, request, await this.clientOf(request));
    }
    const client = known(await this.clients.arriving(clientId ?? '', http.ip ?? ''));
    const redirectUri = readRedirectUri(parameters, client);
    let request: AuthorizationRequest;
    try {
      request = {
        clientId: client.id,
        redirectUri,
        facts: hashOfFacts(factsOf(client)),
        ...readAuthorizationRequest(parameters, client, this.config.publicUrl),
      };
    } catch (error) {
      if (!(error instanceof OauthFailure)) throw error;
      return this.sendBack(response, { redirectUri, state: parameters.state }, { ...error.body });
    }
    if (this.config.authMode === 'open') return this.askGuest(http, response, request, client);
    return this.askAccount(http, response, await this.consents.ask(request), request, client);
  }

  @Post(AUTHORIZE_PATHS)
  async decide(@Req() http: Request, @Res() response: Response) {
    const { ticket = '', decision, scopes: shown } = readParameters(http.body);
    const own = spelledOrigin(this.config.publicUrl, `http://${http.headers.host}`);
    if (!isFromOwnPage(http.headers, own)) throw new OauthFailure('access_denied');
    if (decision !== 'approve' && decision !== 'deny') throw new OauthFailure('invalid_request');
    const signedIn = await this.whoDecides(http, response);
    const request = mustWait(await this.consents.redeem(ticket));
    if (decision === 'deny') return this.sendBack(response, request, { ...new OauthFailure('access_denied').body });
    const client = await this.clientOf(request);
    if (!signedIn) return this.approve(response, request, client, null);
    const { account, session } = signedIn;
    // What was shown and is still allowed: the role may be another than when the page was made.
    const scopes = knownScopes(shown).filter((scope) => approvableScopes(account.role, request.scopes).includes(scope));
    const isEnough = !scopes.includes('admin') || session.passkeyAt !== null;
    if (!scopes.length || !isEnough) throw new OauthFailure('access_denied');
    await this.consents.remember(account.id, client, request, scopes);
    return this.approve(response, { ...request, scopes }, client, account.id);
  }

  /** No page of somebody else lets a guest in unseen: it can make a browser come here, but not click. */
  private async askGuest(http: Request, response: Response, asked: AuthorizationRequest, client: OauthClient) {
    const request = { ...asked, scopes: approvableScopes('guest', asked.scopes) };
    const isForeign = isFromForeignPage(http.headers, new URL(this.config.publicUrl));
    if (needsNoClick(request.redirectUri) && !isForeign) return this.approve(response, request, client, null);
    const page = consentPage(client, request, await this.consents.ask(request));
    sendPage(response, 200, page, formTargetOf(request.redirectUri));
  }

  private async askAccount(
    http: Request,
    response: Response,
    ticket: string,
    request: AuthorizationRequest,
    client: OauthClient,
  ) {
    const { signedIn, half, csrf } = await this.visitors.of(http, response);
    if (!signedIn) return response.redirect(303, `/login${half ? '/passkey' : ''}?ticket=${ticket}`);
    const { account, session } = signedIn;
    const scopes = approvableScopes(account.role, request.scopes);
    // A password alone is not enough to hand out a say over others.
    if (scopes.includes('admin') && session.passkeyAt === null) {
      return response.redirect(303, `/login/passkey?ticket=${ticket}`);
    }
    const given = await this.consents.given(account.id, client.id);
    if (isCovered(given, client, request, scopes)) {
      mustWait(await this.consents.redeem(ticket));
      return this.approve(response, { ...request, scopes }, client, account.id);
    }
    const { redirectUri } = request;
    const changes = changesSince(given, { redirectUri, scopes, facts: factsOf(client) });
    const page = consentPage(client, { redirectUri, scopes }, ticket, { name: account.name, csrf }, changes);
    sendPage(response, 200, page, formTargetOf(redirectUri));
  }

  /** The client of a request that has waited. It must still be the one that the page was about. */
  private async clientOf({ clientId, facts }: AuthorizationRequest): Promise<OauthClient> {
    const client = known(await this.clients.byId(clientId));
    if (hashOfFacts(factsOf(client)) !== facts) throw new OauthFailure('access_denied', CHANGED_MEANWHILE);
    return client;
  }

  /** Nobody in open mode. */
  private async whoDecides(http: Request, response: Response): Promise<SignedIn | undefined> {
    if (this.config.authMode === 'open') return undefined;
    const visit = await this.visitors.of(http, response);
    readForm(http, visit);
    if (!visit.signedIn) throw new OauthFailure('access_denied', 'Nobody is signed in here any more.');
    return visit.signedIn;
  }

  private async approve(
    response: Response,
    request: AuthorizationRequest,
    client: OauthClient,
    accountId: string | null,
  ) {
    this.sendBack(response, request, { code: await this.server.issueCode(request, client, accountId) });
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

const CHANGED_MEANWHILE = 'What this app says about itself has changed since it asked. Start again in the app.';

function mustWait(request: AuthorizationRequest | undefined): AuthorizationRequest {
  if (request) return request;
  throw new OauthFailure('invalid_request', 'This page was used or is too old. Start again in the app.');
}

function known(client: OauthClient | null): OauthClient {
  if (client) return client;
  throw new OauthFailure(
    'invalid_client',
    'This app is not registered here. Remove the connection in it and add it again.',
  );
}
