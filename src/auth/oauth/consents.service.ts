import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { Crowd } from '../crowd.js';
import { newToken } from '../secrets.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { Consent } from './consent.entity.js';
import { ConsentTicket } from './consent-ticket.entity.js';

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

  /**
   * Whether the account has let this client do all of this before. Only where the answer goes to a site, which nobody else
   * can be: what listens on a port, or for an app's scheme, may be another program than last time.
   */
  async remembers(accountId: string, { clientId, redirectUri }: AuthorizationRequest, scopes: readonly Scope[]) {
    if (!isSite(redirectUri)) return false;
    const given = (await this.database.read.findOneBy(Consent, { accountId, clientId }))?.scopes ?? [];
    return scopes.every((scope) => given.includes(scope));
  }

  /** Adds to what was said before. */
  remember(accountId: string, { clientId, redirectUri }: AuthorizationRequest, scopes: readonly Scope[]) {
    if (!isSite(redirectUri)) return Promise.resolve();
    return this.database.write(async (tx) => {
      const before = (await tx.findOneBy(Consent, { accountId, clientId }))?.scopes ?? [];
      const all = [...new Set([...before, ...scopes])];
      await tx.save(Consent, { accountId, clientId, scopes: all, givenAt: this.clock.now() });
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

const isSite = (redirectUri: string) => redirectUri.startsWith('https:');
