import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readBrowserForm } from '../../identity/browsers/form.js';
import { PageErrorFilter } from '../../identity/browsers/page-error.js';
import type { SignedIn } from '../../identity/browsers/page-visit.js';
import { Visitors } from '../../identity/browsers/visitors.service.js';
import { Config } from '../../platform/config/config.js';
import { isFromForeignPage, isFromOwnPage } from '../../platform/http/page-origin.js';
import { spelledOrigin } from '../../platform/http/spelled-origin.js';
import { sendPage } from '../../platform/pages/page.js';
import { factsOf, hashOfFacts } from '../clients/client-facts.js';
import { OauthClients } from '../clients/clients.service.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import { withParameters } from '../clients/redirect-uri.js';
import {
  type AuthorizationRequest,
  readAuthorizationRequest,
  readRedirectUri,
} from '../consent/authorization-request.js';
import { changesSince } from '../consent/consent-changes.js';
import { consentPage, formTargetOf } from '../consent/consent-page.js';
import { Consents, isCovered } from '../consent/consents.service.js';
import { needsNoClick } from '../consent/known-connectors.js';
import { AuthorizeFailureFilter } from '../protocol/authorize-error.filter.js';
import { OauthError } from '../protocol/oauth-error.js';
import { AUTHORIZE_PATHS } from '../protocol/oauth-paths.js';
import { approvableScopes, knownScopes } from '../protocol/oauth-scope.js';
import { readParameters } from '../protocol/parameters.js';
import { Approvals, SIGNED_OUT } from './approvals.service.js';

/**
 * The authorization endpoint. In open mode an approval creates a new guest. In accounts mode the signed-in user is
 * asked; otherwise the user signs in first and continues with the ticket of the request.
 */
@Controller()
@UseFilters(AuthorizeFailureFilter, PageErrorFilter)
export class AuthorizeController {
  constructor(
    private readonly config: Config,
    private readonly clients: OauthClients,
    private readonly consents: Consents,
    private readonly visitors: Visitors,
    private readonly approvals: Approvals,
  ) {}

  @Get(AUTHORIZE_PATHS)
  async ask(@Req() http: Request, @Res() response: Response) {
    const parameters = readParameters(http.query);
    const { client_id: clientId, ticket } = parameters;
    if (clientId === undefined && ticket !== undefined) {
      const request = assertPending(await this.consents.find(ticket));
      return this.askAccount(http, response, ticket, request, await this.clientOf(request));
    }
    const client = assertKnown(await this.clients.arriving(clientId ?? '', http.ip ?? ''));
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
      if (!(error instanceof OauthError)) throw error;
      return this.redirectBack(response, { redirectUri, state: parameters.state }, { ...error.body });
    }
    if (this.config.authMode === 'open') return this.askGuest(http, response, request, client);
    return this.askAccount(http, response, await this.consents.ask(request), request, client);
  }

  @Post(AUTHORIZE_PATHS)
  async decide(@Req() http: Request, @Res() response: Response) {
    const { ticket = '', decision, scopes: shown } = readParameters(http.body);
    const own = spelledOrigin(this.config.publicUrl, `http://${http.headers.host}`);
    if (!isFromOwnPage(http.headers, own)) throw new OauthError('access_denied');
    if (decision !== 'approve' && decision !== 'deny') throw new OauthError('invalid_request');
    const signedIn = await this.signedInUser(http, response);
    const request = assertPending(await this.consents.redeem(ticket));
    if (decision === 'deny') return this.redirectBack(response, request, { ...new OauthError('access_denied').body });
    const client = await this.clientOf(request);
    if (!signedIn) return this.approve(response, request, client, null);
    const { account, session } = signedIn;
    // The scopes that were shown and are still allowed: the role may have changed since the page was loaded.
    const scopes = knownScopes(shown).filter((scope) => approvableScopes(account.role, request.scopes).includes(scope));
    const hasRequiredPasskey = !scopes.includes('admin') || session.passkeyAt !== null;
    if (!scopes.length || !hasRequiredPasskey) throw new OauthError('access_denied');
    await this.consents.remember(account.id, client, request, scopes);
    return this.approve(response, { ...request, scopes }, client, signedIn);
  }

  /** Asks for a click, so that no other site can create a guest with a redirect in the background. */
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
    const { signedIn, awaitingPasskey, csrf } = await this.visitors.of(http, response);
    if (!signedIn) return response.redirect(303, `/login${awaitingPasskey ? '/passkey' : ''}?ticket=${ticket}`);
    const { account, session } = signedIn;
    const scopes = approvableScopes(account.role, request.scopes);
    // The scope `admin` requires a passkey, not only a password.
    if (scopes.includes('admin') && session.passkeyAt === null) {
      return response.redirect(303, `/login/passkey?ticket=${ticket}`);
    }
    const consents = await this.consents.ofClient(account.id, client.id);
    if (isCovered(consents, client, request, scopes)) {
      assertPending(await this.consents.redeem(ticket));
      return this.approve(response, { ...request, scopes }, client, signedIn);
    }
    const { redirectUri } = request;
    const changes = changesSince(consents, { redirectUri, scopes, facts: factsOf(client) });
    const page = consentPage(client, { redirectUri, scopes }, ticket, { name: account.name, csrf }, changes);
    sendPage(response, 200, page, formTargetOf(redirectUri));
  }

  /** The client of a stored request. Throws if its facts have changed since the page was shown. */
  private async clientOf({ clientId, facts }: AuthorizationRequest): Promise<OauthClient> {
    const client = assertKnown(await this.clients.byId(clientId));
    if (hashOfFacts(factsOf(client)) !== facts) throw new OauthError('access_denied', CHANGED_MEANWHILE);
    return client;
  }

  /** The signed-in user; undefined in open mode. */
  private async signedInUser(http: Request, response: Response): Promise<SignedIn | undefined> {
    if (this.config.authMode === 'open') return undefined;
    const visit = await this.visitors.of(http, response);
    readBrowserForm(http, visit);
    if (!visit.signedIn) throw new OauthError('access_denied', SIGNED_OUT);
    return visit.signedIn;
  }

  private async approve(response: Response, request: AuthorizationRequest, client: OauthClient, by: SignedIn | null) {
    this.redirectBack(response, request, { code: await this.approvals.codeFor(request, client, by) });
  }

  /**
   * Redirects to the client. It always names the issuer (RFC 9207), so that a client with several servers knows which
   * one answered.
   */
  private redirectBack(
    response: Response,
    { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
    answer: Record<string, string>,
  ) {
    const location = withParameters(redirectUri, { ...answer, state, iss: this.config.publicUrl });
    response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }).redirect(302, location);
  }
}

const CHANGED_MEANWHILE = 'The metadata of this app has changed since it asked. Start again in the app.';

function assertPending(request: AuthorizationRequest | undefined): AuthorizationRequest {
  if (request) return request;
  throw new OauthError('invalid_request', 'This page was already used or has expired. Start again in the app.');
}

function assertKnown(client: OauthClient | null): OauthClient {
  if (client) return client;
  throw new OauthError(
    'invalid_client',
    'This app is not registered here. Remove the connection in it and add it again.',
  );
}
