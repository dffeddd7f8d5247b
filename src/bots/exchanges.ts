import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { WebAnswer, WebRequest } from '../../bot-sdk/web.js';
import { Storage } from '../channels/storage/storage.service.js';
import type { Exchange } from '../runtime/egress/fetch-records.js';
import type { Hearing } from './effects.js';
import { RunExchange } from './run-exchange.entity.js';

/** What an exchange takes beside its texts. */
const EXCHANGE_BYTES = 150;

/** What runs asked the network and were told. A receipt has the hashes of both. */
@Injectable()
export class Exchanges {
  constructor(private readonly storage: Storage) {}

  async keep(tx: EntityManager, { attachment, run, payer }: Hearing, exchanges: readonly Exchange[]) {
    const { channelId, botId } = attachment;
    for (const [n, { request, answer }] of exchanges.entries()) {
      const texts = { request: canonicalJson({ ...request }), answer: canonicalJson({ ...answer }) };
      await tx.insert(RunExchange, { channelId, botId, run, n, ...texts });
      const bytes = Buffer.byteLength(texts.request) + Buffer.byteLength(texts.answer);
      await this.storage.charge(tx, channelId, payer, EXCHANGE_BYTES + bytes);
    }
  }

  async of(tx: EntityManager, channelId: string, botId: string, run: number) {
    const rows = await tx.find(RunExchange, { where: { channelId, botId, run }, order: { n: 'ASC' } });
    return rows.map(({ request, answer }) => ({
      request: JSON.parse(request) as WebRequest,
      answer: JSON.parse(answer) as WebAnswer,
    }));
  }
}

/** What keeping them takes. */
export function bytesOf(exchanges: readonly Exchange[]): number {
  return exchanges.reduce((sum, { request, answer }) => sum + JSON.stringify([request, answer]).length, 0);
}
