import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { Crowd } from '../crowd.js';
import { newToken } from '../secrets.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { ConsentTicket } from './consent-ticket.entity.js';

/** How long a person may look at the page. */
const TICKET_MS = 10 * 60_000;
/** Anyone can open the page; so many people at most are looking at it. */
const MOST_TICKETS = 1_000;

/** Requests that wait for a click. */
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
