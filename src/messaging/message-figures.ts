import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Events } from '../platform/events.js';
import { Metrics } from '../platform/observability/metrics.js';
import { EntryAppended } from './log.service.js';
import { Tail } from './tail.js';

/**
 * Metrics about messages and waiting callers. All kinds of entries are one number, so that a player who can read the
 * metrics cannot learn which hidden entries are private messages.
 */
@Injectable()
export class MessageFigures {
  constructor(database: Database, events: Events, metrics: Metrics, tail: Tail) {
    metrics.watch('parley_waiting_polls', 'Callers that wait for new messages of a channel.', () => tail.waiting);
    events.on(EntryAppended, async () => {
      database.afterCommit(() => metrics.messages.inc());
    });
  }
}
