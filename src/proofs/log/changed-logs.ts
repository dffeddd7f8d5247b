import { Inject, Injectable } from '@nestjs/common';
import { HealthChecks } from '../../platform/observability/health-checks.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import { logChanged } from './log-errors.js';

/** The channels whose entries do not agree with what was signed. They get no checkpoint until the next start. */
@Injectable()
export class ChangedLogs {
  private readonly details = new Map<string, string>();

  constructor(
    healthChecks: HealthChecks,
    @Inject(LOG) private readonly log: Log,
  ) {
    healthChecks.add('entries', () => ({
      status: this.details.size ? `changed in ${this.details.size} channels: see the log` : 'ok',
      isWell: !this.details.size,
      isNeeded: false,
    }));
  }

  add(channelId: string, detail: string) {
    if (!this.details.has(channelId)) this.log.error({ channel: channelId }, `LOG_CHANGED: ${detail}. ${TO_DO}`);
    this.details.set(channelId, detail);
  }

  /** Throws LOG_CHANGED if the channel is one of them. */
  assertUnchanged(channelId: string) {
    const detail = this.details.get(channelId);
    if (detail) throw logChanged(detail);
  }
}

const TO_DO =
  'Somebody changed the database by hand, or it is damaged: restore a backup (docs/operating.md, "Restoring a backup"). No checkpoint of the channel is signed.';
