import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { withoutHidden } from '../../kernel/visible-text.js';
import { Database } from '../../platform/database/database.js';
import { Events } from '../../platform/events.js';
import type { Account } from '../accounts/account.entity.js';
import { AccountSignedOut } from '../accounts/account.events.js';
import { SignIns } from '../accounts/sign-ins.js';
import { owesPasskey } from '../passkeys/second-factor.js';
import type { PageVisit } from './page-visit.js';
import { WebSession } from './web-session.entity.js';

const DAY_MS = 86_400_000;
/** A browser is signed out after this time without use. */
export const IDLE_MS = 7 * DAY_MS;
/** A browser is signed out after this time in any case. */
export const MAX_MS = 30 * DAY_MS;
/** The time of the last use is stored at most this often. */
const SEEN_EVERY_MS = 10 * 60_000;

const MAX_BROWSER_LENGTH = 200;

/** A browser session. If a passkey is still required, the browser is not signed in yet. */
export interface Browser extends WebSession {
  readonly isHalf: boolean;
}

/** The browsers in which people are signed in. */
@Injectable()
export class WebSessions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly signIns: SignIns,
    events: Events,
  ) {
    events.on(AccountSignedOut, ({ accountId }, tx) => this.endAll(tx, accountId));
  }

  async find(hash: string): Promise<WebSession | undefined> {
    const session = await this.database.read.findOneBy(WebSession, { hash });
    const now = this.clock.now();
    return session && session.expiresAt > now && session.seenAt > now - IDLE_MS ? session : undefined;
  }

  /**
   * Signs in an account with a new secret, so that a cookie planted before cannot be used (session fixation). The
   * session of the old secret ends.
   */
  async open(tx: EntityManager, visit: PageVisit, account: Account, passkeyAt: number | null) {
    const now = this.clock.now();
    await tx.delete(WebSession, { hash: visit.hash });
    if (passkeyAt !== null || !(await owesPasskey(tx, account))) this.signIns.count('browser');
    await tx.insert(WebSession, {
      hash: hashOfSecret(visit.renew()),
      accountId: account.id,
      browser: withoutHidden(visit.browser).slice(0, MAX_BROWSER_LENGTH),
      passkeyAt,
      createdAt: now,
      seenAt: now,
      expiresAt: now + MAX_MS,
    });
  }

  /**
   * Whether the browser is still signed in. A password reset, or the owner in another browser, may have ended its
   * session.
   */
  isSignedIn(tx: EntityManager, { hash }: Pick<PageVisit, 'hash'>, { id: accountId }: Account): Promise<boolean> {
    return tx.existsBy(WebSession, { hash, accountId });
  }

  async recordUse({ hash, seenAt }: WebSession, now: number) {
    if (now - seenAt < SEEN_EVERY_MS) return;
    await this.database.write((tx) => tx.update(WebSession, { hash }, { seenAt: now }));
  }

  async of(account: Account): Promise<Browser[]> {
    const { read } = this.database;
    const seenAt = MoreThan(this.clock.now() - IDLE_MS);
    const sessions = await read.find(WebSession, {
      where: { accountId: account.id, seenAt },
      order: { seenAt: 'DESC' },
    });
    const owes = await owesPasskey(read, account);
    return sessions.map((session) => ({ ...session, isHalf: owes && session.passkeyAt === null }));
  }

  async end(tx: EntityManager, accountId: string, hash: string) {
    await tx.delete(WebSession, { accountId, hash });
  }

  async endAll(tx: EntityManager, accountId: string) {
    await tx.delete(WebSession, { accountId });
  }
}
