import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { WebAnswer, WebRequest } from '../../../bot-sdk/web.js';
import { Storage } from '../../channels/storage/storage.service.js';
import type { NetworkExchange } from '../../runtime/egress/fetch-records.js';
import type { HookInvocation } from './hook-invocation.js';
import { RunExchange } from './run-exchange.entity.js';

/** The bytes that an exchange counts in addition to its texts. */
const EXCHANGE_BYTES = 150;

/** Stores the exchanges of runs with the network. A receipt contains their hashes. */
@Injectable()
export class NetworkExchanges {
  constructor(private readonly storage: Storage) {}

  async keep(tx: EntityManager, { attachment, run, payer }: HookInvocation, exchanges: readonly NetworkExchange[]) {
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

/** The bytes that exchanges count when limits are checked. */
export function bytesOfExchanges(exchanges: readonly NetworkExchange[]): number {
  return exchanges.reduce((sum, { request, answer }) => sum + JSON.stringify([request, answer]).length, 0);
}
