import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { Crowd } from '../crowd.js';
import { newToken } from '../secrets.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { type ClientFacts, factsOf, hashOfFacts } from './client-facts.js';
import { Consent } from './consent.entity.js';
import { ConsentTicket } from './consent-ticket.entity.js';
import type { OauthClient } from './oauth-client.entity.js';

/** How long a person may look at the page. */
const TICKET_MS = 10 * 60_000;
/** Anyone can open the page. More than one network may open in that time, so that nobody's floods push others out. */
const MOST_TICKETS = 50_000;

/** Requests that wait for a click, and what people have said yes to. */
@Injectable()
export class ConsentsService {
  private readonly waiting = new Crowd(ConsentTicket, 'hash', {}, { expiresAt: 'ASC' }, MOST_TICKETS);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Remembers what is asked; the ticket goes into the page, where no other site can read it. */
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

  /** What a ticket is for, while it waits. */
  async find(ticket: string): Promise<AuthorizationRequest | undefined> {
    const found = await this.database.read.findOneBy(ConsentTicket, { hash: hashOfSecret(ticket) });
    return found && found.expiresAt > this.clock.now() ? found.request : undefined;
  }

  /** All that the account has let this client do, each for the address that the answer went to. */
  given(accountId: string, clientId: string): Promise<Consent[]> {
    return this.database.read.findBy(Consent, { accountId, clientId });
  }

  /**
   * Keeps what was said, so that the same is not asked again; adds to what was said about the same before. What was said
   * about addresses that the client no longer has is forgotten.
   */
  remember(accountId: string, client: OauthClient, { redirectUri }: AuthorizationRequest, scopes: readonly Scope[]) {
    const facts = factsOf(client);
    return this.database.write(async (tx) => {
      const given = await tx.findBy(Consent, { accountId, clientId: client.id });
      for (const old of given) if (!client.redirectUris.includes(old.redirectUri)) await tx.remove(old);
      if (!isSite(redirectUri)) return;
      const key = { accountId, clientId: client.id, redirectHash: hashOfSecret(redirectUri) };
      const before = given.find((consent) => isAbout(consent, redirectUri, facts))?.scopes ?? [];
      const all = [...new Set([...before, ...scopes])];
      await tx.save(Consent, { ...key, redirectUri, facts, scopes: all, givenAt: this.clock.now() });
    });
  }

  /** Asked again from now on. */
  async forget(tx: EntityManager, accountId: string, clientId: string) {
    await tx.delete(Consent, { accountId, clientId });
  }

  /** What the ticket was for. A ticket is good for one click, whichever it is. */
  redeem(ticket: string): Promise<AuthorizationRequest | undefined> {
    return this.database.write(async (tx) => {
      const hash = hashOfSecret(ticket);
      const found = await tx.findOneBy(ConsentTicket, { hash });
      const { affected } = await tx.delete(ConsentTicket, { hash });
      return affected && found && found.expiresAt > this.clock.now() ? found.request : undefined;
    });
  }
}

/**
 * Whether what was given covers the request: for the same address and the same facts. Only where the answer goes to a site,
 * which nobody else can be: what listens on a port, or for an app's scheme, may be another program than last time.
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
