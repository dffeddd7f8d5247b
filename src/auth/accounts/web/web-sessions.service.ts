import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { hashOfSecret } from '../../../kernel/ids.js';
import { Database } from '../../../platform/database.js';
import { Metrics } from '../../../platform/metrics.js';
import type { Account } from '../account.entity.js';
import type { Visit } from './visit.js';
import { WebSession } from './web-session.entity.js';

const DAY_MS = 86_400_000;
/** A browser that was not seen for so long is signed out. */
export const IDLE_MS = 7 * DAY_MS;
/** And any browser after so long. */
export const LONGEST_MS = 30 * DAY_MS;
/** When a browser was seen is written down no more often than this. */
const SEEN_EVERY_MS = 10 * 60_000;

const LONGEST_BROWSER = 200;

/** The browsers in which people are signed in. */
@Injectable()
export class WebSessions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  async find(hash: string): Promise<WebSession | undefined> {
    const session = await this.database.read.findOneBy(WebSession, { hash });
    const now = this.clock.now();
    return session && session.expiresAt > now && session.seenAt > now - IDLE_MS ? session : undefined;
  }

  /**
   * Signs an account in with a secret that nobody had before, so that a cookie somebody was made to have beforehand is
   * worth nothing. What was signed in with the old one is signed out.
   */
  async open(tx: EntityManager, visit: Visit, account: Account, passkeyAt: number | null) {
    const now = this.clock.now();
    await tx.delete(WebSession, { hash: visit.hash });
    this.database.afterCommit(() => this.metrics.signIns.inc({ way: 'browser' }));
    await tx.insert(WebSession, {
      hash: hashOfSecret(visit.renew()),
      accountId: account.id,
      browser: visit.browser.replace(/\p{C}/gu, '').slice(0, LONGEST_BROWSER),
      passkeyAt,
      createdAt: now,
      seenAt: now,
      expiresAt: now + LONGEST_MS,
    });
  }

  /** Whether the browser is still signed in: a reset, or the owner from elsewhere, may have ended it since it asked. */
  stands(tx: EntityManager, visit: Visit, { id: accountId }: Account): Promise<boolean> {
    return tx.existsBy(WebSession, { hash: visit.hash, accountId });
  }

  async seen({ hash, seenAt }: WebSession, now: number) {
    if (now - seenAt < SEEN_EVERY_MS) return;
    await this.database.write((tx) => tx.update(WebSession, { hash }, { seenAt: now }));
  }

  of(accountId: string): Promise<WebSession[]> {
    const seenAt = MoreThan(this.clock.now() - IDLE_MS);
    return this.database.read.find(WebSession, { where: { accountId, seenAt }, order: { seenAt: 'DESC' } });
  }

  async end(tx: EntityManager, accountId: string, hash: string) {
    await tx.delete(WebSession, { accountId, hash });
  }

  async endAll(tx: EntityManager, accountId: string) {
    await tx.delete(WebSession, { accountId });
  }
}
