import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { Database } from '../../platform/database.js';
import type { AnswerMemory } from '../../runtime/egress/answer-memory.js';
import type { Exchange } from '../../runtime/egress/fetch-records.js';
import { Attachment } from '../attachment.entity.js';
import type { Hearing } from '../effects.js';
import { PendingAnswer } from './pending-answer.entity.js';

/** Answers of the network, stored before the bot is given them and until its run is committed. */
@Injectable()
export class RunMemory {
  constructor(private readonly database: Database) {}

  /** `isStored: false` for a bot with secrets, which answers can hold: then a crash loses what it was told. */
  async of({ attachment, event }: Hearing, isStored: boolean): Promise<AnswerMemory> {
    const bot = { channelId: attachment.channelId, botId: attachment.botId };
    const place = { ...bot, eventSeq: event.seq };
    const rows = await this.database.read.findBy(PendingAnswer, place);
    const known = new Map(rows.map(({ n, exchange }) => [n, JSON.parse(exchange) as Exchange]));
    return {
      recall: (n, request) => {
        const exchange = known.get(n);
        return exchange && isSame(exchange.request, request) ? exchange : undefined;
      },
      keep: async (n, exchange) => {
        known.set(n, exchange);
        if (!isStored) return;
        const row = { ...place, n, exchange: JSON.stringify(exchange) };
        await this.database.write(async (tx) => {
          // Of a bot that was let go meanwhile no run is committed any more, which would delete the answer.
          if (!(await tx.existsBy(Attachment, { ...bot, removedAt: IsNull() }))) return;
          await tx.upsert(PendingAnswer, row, ['channelId', 'botId', 'eventSeq', 'n']);
        });
      },
    };
  }

  /** The run is committed, or will never be. */
  async forget(tx: EntityManager, { attachment: { channelId, botId } }: Pick<Hearing, 'attachment'>) {
    await tx.delete(PendingAnswer, { channelId, botId });
  }
}

const isSame = (one: Exchange['request'], other: Exchange['request']) =>
  canonicalJson({ ...one }) === canonicalJson({ ...other });
