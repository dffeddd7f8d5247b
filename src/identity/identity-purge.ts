import { Inject, Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { Database } from '../platform/database/database.js';
import { HourlyTask } from '../platform/hourly-task.js';
import type { Log } from '../platform/observability/logging.js';
import { LOG } from '../platform/platform.module.js';
import { WebSession } from './browsers/web-session.entity.js';
import { IDLE_MS } from './browsers/web-sessions.service.js';
import { AccountInvite } from './invites/account-invite.entity.js';
import { PasskeyChallenge } from './passkeys/passkey-challenge.entity.js';

/** Deletes expired sessions, challenges and invites. */
@Injectable()
export class IdentityPurge extends HourlyTask {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super('purge of expired sign-ins', log);
  }

  async run() {
    const now = this.clock.now();
    await this.database.write(async (tx) => {
      await tx.delete(AccountInvite, { expiresAt: LessThan(now) });
      await tx.delete(PasskeyChallenge, { expiresAt: LessThan(now) });
      await tx.delete(WebSession, { expiresAt: LessThan(now) });
      await tx.delete(WebSession, { seenAt: LessThan(now - IDLE_MS) });
    });
  }
}
