import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { IsNull, LessThan } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { Database } from '../platform/database.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/platform.module.js';
import { AccessToken } from './access-token.entity.js';
import { AccountInvite } from './accounts/invites/account-invite.entity.js';
import { PasskeyChallenge } from './accounts/passkeys/passkey-challenge.entity.js';
import { WebSession } from './accounts/web/web-session.entity.js';
import { IDLE_MS } from './accounts/web/web-sessions.service.js';
import { AuthorizationCode } from './oauth/authorization-code.entity.js';
import { ConsentTicket } from './oauth/consent-ticket.entity.js';
import { OauthClient } from './oauth/oauth-client.entity.js';
import { GRACE_MS } from './oauth/refresh-rotation.js';
import { RefreshToken } from './oauth/refresh-token.entity.js';
import { UnusedGuests } from './unused-guests.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Takes away what can no longer matter: at the start, and every hour. */
@Injectable()
export class PurgeService implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly guests: UnusedGuests,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async onApplicationBootstrap() {
    await this.purge();
    this.timer = setInterval(() => {
      this.purge().catch((err) => this.log.error({ err }, 'purge of expired tokens failed'));
    }, HOUR_MS).unref();
  }

  onModuleDestroy() {
    clearInterval(this.timer);
  }

  /** A used code stays for a day, so that its replay still ends the session it opened. */
  async purge() {
    const now = this.clock.now();
    const dayAgo = LessThan(now - DAY_MS);
    await this.database.write(async (tx) => {
      await tx.delete(AccessToken, { expiresAt: LessThan(now) });
      await tx.delete(RefreshToken, { expiresAt: LessThan(now) });
      await tx.update(RefreshToken, { rotatedAt: LessThan(now - GRACE_MS) }, { successor: null });
      await tx.delete(AccountInvite, { expiresAt: LessThan(now) });
      await tx.delete(PasskeyChallenge, { expiresAt: LessThan(now) });
      await tx.delete(WebSession, { expiresAt: LessThan(now) });
      await tx.delete(WebSession, { seenAt: LessThan(now - IDLE_MS) });
      await tx.delete(ConsentTicket, { expiresAt: LessThan(now) });
      await tx.delete(AuthorizationCode, { expiresAt: dayAgo });
      await tx.delete(OauthClient, { firstUsedAt: IsNull(), createdAt: dayAgo });
    });
    await this.guests.purge();
  }
}
