import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from './config.js';
import { Database } from './database.js';
import { Metrics } from './metrics.js';
import { Vitals } from './vitals.js';

const MB = 1_000_000;

/** How much the database can still grow: what is free on its disk, and what is free inside its file. */
@Injectable()
export class DiskSpace {
  private lastSeen = Number.NaN;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    vitals: Vitals,
    metrics: Metrics,
  ) {
    vitals.toldBy('disk', async () => {
      const isLow = await this.isLow();
      return { status: isLow ? 'low: nothing large is taken' : 'ok', isWell: !isLow, isNeeded: false };
    });
    metrics.watch(
      'parley_disk_free_bytes',
      'What the database could still grow, when it was last asked.',
      () => this.lastSeen,
    );
  }

  /** Whether less is left than DISK_FLOOR_MB: then nothing large is begun, and what runs goes on. */
  async isLow(): Promise<boolean> {
    const { diskFloorMb } = this.config;
    if (diskFloorMb === 0) return false;
    this.lastSeen = await this.freeBytes();
    return this.lastSeen < diskFloorMb * MB;
  }

  private async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(dirname(this.config.databaseFile));
    const [{ freelist_count: pages } = { freelist_count: 0 }] = await this.database.read.query('PRAGMA freelist_count');
    const [{ page_size: pageBytes } = { page_size: 0 }] = await this.database.read.query('PRAGMA page_size');
    return bavail * bsize + pages * pageBytes;
  }
}
