import { Inject, Injectable } from '@nestjs/common';
import { IsNull, LessThan } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { Database } from '../platform/database/database.js';
import { HourlyTask } from '../platform/hourly-task.js';
import type { Log } from '../platform/observability/logging.js';
import { LOG } from '../platform/platform.module.js';
import { OauthClient } from './clients/oauth-client.entity.js';
import { ConsentTicket } from './consent/consent-ticket.entity.js';
import { GRACE_MS } from './grants/refresh-rotation.js';
import { AccessToken } from './sessions/access-token.entity.js';
import { AuthorizationCode } from './sessions/authorization-code.entity.js';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { UnusedGuests } from './sessions/unused-guests.js';

const DAY_MS = 24 * 3_600_000;

/** Deletes expired tokens, codes, tickets and consents, and unused clients and guests. */
@Injectable()
export class OauthPurge extends HourlyTask {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly guests: UnusedGuests,
    @Inject(LOG) log: Log,
  ) {
    super('purge of expired tokens', log);
  }

  /** A used code is kept for a day, so that a replay still ends the session that it opened. */
  async run() {
    const now = this.clock.now();
    const dayAgo = LessThan(now - DAY_MS);
    await this.database.write(async (tx) => {
      await tx.delete(AccessToken, { expiresAt: LessThan(now) });
      await tx.delete(RefreshToken, { expiresAt: LessThan(now) });
      await tx.update(RefreshToken, { rotatedAt: LessThan(now - GRACE_MS) }, { successor: null });
      await tx.delete(ConsentTicket, { expiresAt: LessThan(now) });
      await tx.delete(AuthorizationCode, { expiresAt: dayAgo });
      await tx.delete(OauthClient, { firstUsedAt: IsNull(), createdAt: dayAgo });
    });
    await this.guests.purge();
  }
}
