import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import { Metrics } from '../platform/metrics.js';
import { EntryAppended } from './log.service.js';
import { Tail } from './tail.js';

/**
 * How much is said, and how many wait for more. All kinds of entries are one figure: who may read the metrics and plays
 * must not learn from them which of the entries that look alike was a private message.
 */
@Injectable()
export class MessageFigures {
  constructor(database: Database, events: Events, metrics: Metrics, tail: Tail) {
    metrics.watch('parley_waiting_polls', 'Callers that wait for news of a channel.', () => tail.waiting);
    events.on(EntryAppended, async () => {
      database.afterCommit(() => metrics.messages.inc());
    });
  }
}
