import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Statement } from '../platform/database/statements.js';
import type { Entry } from './entry.entity.js';
import { ENTRIES_AFTER } from './entry-statements.js';

/** The number of entries that are read at a time: their bodies have at most a few megabytes. */
const PAGE = 100;

const REVEALS = new Statement<{ channelId: string; upTo: number }, { header: string }>(
  `SELECT header FROM entry WHERE channel_id = :channelId AND type = 'revealed' AND kind = 'system' AND seq <= :upTo`,
);

/** The log of a channel as it is stored, whoever may read it. For copies of the log, which decide what they show. */
@Injectable()
export class LoggedEntries {
  /** The entries from the first to `upTo`, in pages. */
  async *pages(tx: EntityManager, channelId: string, upTo: number): AsyncGenerator<readonly Entry[]> {
    for (let after = 0; after < upTo; ) {
      const page = await ENTRIES_AFTER.all(tx, { channelId, after, limit: Math.min(PAGE, upTo - after) });
      if (!page.length) return;
      yield page;
      after = page.at(-1)?.seq ?? upTo;
    }
  }

  /** The sealed entries that an entry up to `upTo` has revealed. */
  async revealed(tx: EntityManager, channelId: string, upTo: number): Promise<Set<number>> {
    const rows = await REVEALS.run(tx, { channelId, upTo });
    return new Set(rows.flatMap(({ header }) => (JSON.parse(header) as { refs?: number[] }).refs ?? []));
  }
}
