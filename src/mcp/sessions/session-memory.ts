import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { Signals } from '../../platform/database/signals.js';
import { KeptSession } from './kept-session.entity.js';
import type { McpSession } from './mcp-session.js';

/** Longer than the lifetime of a refresh token, so no client can still use the session. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** The topic of a signal with the id of a session that watches something else now. */
export const WATCHES = 'mcp-watches';

/** Stores what sessions watch, for a restart. Sessions that watch nothing are not stored. */
@Injectable()
export class SessionMemory {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly signals: Signals,
  ) {}

  async keep({ id, introduction, watching }: McpSession) {
    const keptAt = this.clock.now();
    const kept = { idHash: hashOfSecret(id), introduction, watched: watching, keptAt };
    await this.database.write(async (tx) => {
      await tx.delete(KeptSession, { keptAt: LessThan(keptAt - KEPT_MS) });
      if (watching.length) await tx.upsert(KeptSession, kept, ['idHash']);
      else await tx.delete(KeptSession, { idHash: kept.idHash });
    });
    this.signals.send(WATCHES, id);
  }

  recall(id: string): Promise<KeptSession | null> {
    return this.database.read.findOneBy(KeptSession, { idHash: hashOfSecret(id) });
  }

  async forget({ id, watching }: McpSession) {
    if (watching.length) await this.database.write((tx) => tx.delete(KeptSession, { idHash: hashOfSecret(id) }));
  }
}
