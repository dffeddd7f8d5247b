import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { hashOfSecret } from '../kernel/ids.js';
import { Database } from '../platform/database.js';
import { KeptSession } from './kept-session.entity.js';
import type { Session } from './session.js';

/** Longer than any client watches without asking for anything else; its refresh token is older then than it may get. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** What sessions watch, kept for the next process of this server. A session that watches nothing has nothing to keep. */
@Injectable()
export class SessionMemory {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async keep({ id, introduction, watching }: Session) {
    const keptAt = this.clock.now();
    const kept = { idHash: hashOfSecret(id), introduction, watched: watching, keptAt };
    await this.database.write(async (tx) => {
      await tx.delete(KeptSession, { keptAt: LessThan(keptAt - KEPT_MS) });
      if (watching.length) await tx.upsert(KeptSession, kept, ['idHash']);
      else await tx.delete(KeptSession, { idHash: kept.idHash });
    });
  }

  recall(id: string): Promise<KeptSession | null> {
    return this.database.read.findOneBy(KeptSession, { idHash: hashOfSecret(id) });
  }

  async forget({ id, watching }: Session) {
    if (watching.length) await this.database.write((tx) => tx.delete(KeptSession, { idHash: hashOfSecret(id) }));
  }
}
