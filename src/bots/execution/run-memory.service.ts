import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { Database } from '../../platform/database/database.js';
import { Events } from '../../platform/events.js';
import type { AnswerMemory } from '../../runtime/egress/answer-memory.js';
import type { NetworkExchange } from '../../runtime/egress/fetch-records.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { BotReleased } from '../attachments/bot-released.js';
import type { HookInvocation } from './hook-invocation.js';
import { PendingAnswer } from './pending-answer.entity.js';

/**
 * Stores each answer of the network before the bot gets it, until the run is committed, so that a repeated run gets the
 * same answers.
 */
@Injectable()
export class RunMemory {
  constructor(
    private readonly database: Database,
    events: Events,
  ) {
    events.on(BotReleased, (bot, tx) => this.forget(tx, bot));
  }

  /**
   * `isStored: false`: answers are kept in memory only, and a crash loses them. For bots with secrets, because their
   * answers may contain secrets.
   */
  async of({ attachment, event }: HookInvocation, isStored: boolean): Promise<AnswerMemory> {
    const bot = { channelId: attachment.channelId, botId: attachment.botId };
    const place = { ...bot, eventSeq: event.seq };
    const rows = await this.database.read.findBy(PendingAnswer, place);
    const exchanges = new Map(rows.map(({ n, exchange }) => [n, JSON.parse(exchange) as NetworkExchange]));
    return {
      recall: (n, request) => {
        const exchange = exchanges.get(n);
        return exchange && isSame(exchange.request, request) ? exchange : undefined;
      },
      keep: async (n, exchange) => {
        exchanges.set(n, exchange);
        if (!isStored) return;
        const row = { ...place, n, exchange: JSON.stringify(exchange) };
        await this.database.write(async (tx) => {
          // No run of a released bot is committed, so nothing would delete the answer.
          if (!(await tx.existsBy(Attachment, { ...bot, removedAt: IsNull() }))) return;
          await tx.upsert(PendingAnswer, row, ['channelId', 'botId', 'eventSeq', 'n']);
        }, bot.channelId);
      },
    };
  }

  /** Deletes the answers: the run is committed, or never will be because its bot was released. */
  async forget(tx: EntityManager, { channelId, botId }: Pick<PendingAnswer, 'channelId' | 'botId'>) {
    await tx.delete(PendingAnswer, { channelId, botId });
  }
}

const isSame = (one: NetworkExchange['request'], other: NetworkExchange['request']) =>
  canonicalJson({ ...one }) === canonicalJson({ ...other });
