import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import { BoundedTable } from '../../platform/database/bounded-table.js';
import { Database } from '../../platform/database/database.js';
import { type ClientFacts, factsOf, hashOfFacts } from '../clients/client-facts.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { Consent } from './consent.entity.js';
import { ConsentTicket } from './consent-ticket.entity.js';

/** How long a user may take to decide, in milliseconds. */
const TICKET_MS = 10 * 60_000;
/**
 * The maximum number of open tickets. Anyone can create them; one network may not create so many, so a flood does not
 * displace those of others.
 */
const MAX_TICKETS = 50_000;

/** Authorization requests that wait for a decision, and consents. */
@Injectable()
export class Consents {
  private readonly waiting = new BoundedTable(ConsentTicket, 'hash', {}, { expiresAt: 'ASC' }, MAX_TICKETS);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Stores a request and returns its ticket, which is written into the page and unreadable for other sites. */
  async ask(request: AuthorizationRequest): Promise<string> {
    const ticket = newToken('pct');
    const expiresAt = this.clock.now() + TICKET_MS;
    const { clientId } = request;
    await this.database.write(async (tx) => {
      await this.waiting.makeRoom(tx);
      await tx.insert(ConsentTicket, { hash: hashOfSecret(ticket), clientId, request, expiresAt });
    });
    return ticket;
  }

  /** The request of a ticket that is still valid. */
  async find(ticket: string): Promise<AuthorizationRequest | undefined> {
    const row = await this.database.read.findOneBy(ConsentTicket, { hash: hashOfSecret(ticket) });
    return row && row.expiresAt > this.clock.now() ? row.request : undefined;
  }

  /** All consents of the account for this client, one per redirect URI. */
  ofClient(accountId: string, clientId: string): Promise<Consent[]> {
    return this.database.read.findBy(Consent, { accountId, clientId });
  }

  /**
   * Stores a consent, and adds its scopes to an earlier one for the same redirect URI. Consents for redirect URIs that
   * the client no longer has are deleted.
   */
  remember(accountId: string, client: OauthClient, { redirectUri }: AuthorizationRequest, scopes: readonly Scope[]) {
    const facts = factsOf(client);
    return this.database.write(async (tx) => {
      const consents = await tx.findBy(Consent, { accountId, clientId: client.id });
      for (const old of consents) if (!client.redirectUris.includes(old.redirectUri)) await tx.remove(old);
      if (!isSite(redirectUri)) return;
      const key = { accountId, clientId: client.id, redirectHash: hashOfSecret(redirectUri) };
      const before = consents.find((consent) => isAbout(consent, redirectUri, facts))?.scopes ?? [];
      const all = [...new Set([...before, ...scopes])];
      await tx.save(Consent, { ...key, redirectUri, facts, scopes: all, givenAt: this.clock.now() });
    });
  }

  /** Deletes the consents of an account for a client. */
  async forget(tx: EntityManager, accountId: string, clientId: string) {
    await tx.delete(Consent, { accountId, clientId });
  }

  /** Returns the request of a ticket and deletes the ticket, so that it is used only once. */
  redeem(ticket: string): Promise<AuthorizationRequest | undefined> {
    return this.database.write(async (tx) => {
      const hash = hashOfSecret(ticket);
      const row = await tx.findOneBy(ConsentTicket, { hash });
      const { affected } = await tx.delete(ConsentTicket, { hash });
      return affected && row && row.expiresAt > this.clock.now() ? row.request : undefined;
    });
  }
}

/**
 * Whether an earlier consent covers the request: the same https redirect URI and the same facts. For loopback and
 * private-use redirect URIs the user is asked each time, because another program may receive the code.
 */
export function isCovered(
  given: readonly Consent[],
  client: OauthClient,
  { redirectUri }: AuthorizationRequest,
  scopes: readonly Scope[],
): boolean {
  if (!isSite(redirectUri)) return false;
  const same = given.find((consent) => isAbout(consent, redirectUri, factsOf(client)));
  return same !== undefined && scopes.every((scope) => same.scopes.includes(scope));
}

const isAbout = (consent: Consent, redirectUri: string, facts: ClientFacts) =>
  consent.redirectUri === redirectUri && hashOfFacts(consent.facts) === hashOfFacts(facts);

const isSite = (redirectUri: string) => redirectUri.startsWith('https://');
