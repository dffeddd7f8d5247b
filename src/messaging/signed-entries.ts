import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Events } from '../platform/events.js';
import { Checkpoints } from '../proofs/checkpoints.service.js';
import { EntryAppended } from './log.service.js';

/** Has every entry signed after it was committed. Nothing is written in the write that adds the entry. */
@Injectable()
export class SignedEntries {
  constructor(events: Events, database: Database, checkpoints: Checkpoints) {
    events.on(EntryAppended, async ({ entry: { channelId } }) =>
      database.afterCommit(() => checkpoints.appended(channelId)),
    );
  }
}
