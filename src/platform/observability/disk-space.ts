import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { HealthChecks } from './health-checks.js';
import { Metrics } from './metrics.js';

const MB = 1_000_000;

/** How much the database can still grow: the free space on its disk plus the free pages in its file. */
@Injectable()
export class DiskSpace {
  private lastSeen = Number.NaN;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    healthChecks: HealthChecks,
    metrics: Metrics,
  ) {
    healthChecks.add('disk', async () => {
      const isLow = await this.isLow();
      return { status: isLow ? 'low: large messages are refused' : 'ok', isWell: !isLow, isNeeded: false };
    });
    metrics.watch(
      'parley_disk_free_bytes',
      'By how much the database could still grow, when last measured.',
      () => this.lastSeen,
    );
  }

  /** Whether less than DISK_FLOOR_MB is left. If so, no large operation is started; running ones continue. */
  async isLow(): Promise<boolean> {
    const { diskFloorMb } = this.config;
    if (diskFloorMb === 0) return false;
    this.lastSeen = await this.freeBytes();
    return this.lastSeen < diskFloorMb * MB;
  }

  private async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(dirname(this.config.databaseFile));
    return bavail * bsize + (await this.database.reusableBytes());
  }
}
