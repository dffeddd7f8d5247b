import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Metrics } from '../../platform/observability/metrics.js';

/** Counts sign-ins by their method, after they are committed. */
@Injectable()
export class SignIns {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  count(way: 'browser' | 'app' | 'guest' | 'script') {
    this.database.afterCommit(() => this.metrics.signIns.inc({ way }));
  }
}
