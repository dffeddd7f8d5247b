import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThan, LessThanOrEqual } from 'typeorm';
import { Storage } from '../../channels/storage/storage.service.js';
import type { Attachment } from '../attachment.entity.js';
import { BotLog } from './bot-log.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId' | 'accountId'>;

/** Of each bot so much is kept, and never less than its newest run. */
const KEPT_RUNS = 50;
const KEPT_BYTES = 262_144;
/** What the logs of a run take beside their lines. */
const LOG_BYTES = 150;

/** What bots print with `console.log` or `print`. No part of the log of the channel, and proof of nothing. */
@Injectable()
export class BotLogs {
  constructor(private readonly storage: Storage) {}

  /** On the account of whoever attached the bot, since what is kept of its logs never becomes much. */
  async keep(tx: EntityManager, { channelId, botId, accountId }: Bot, run: number, lines: string[]) {
    if (!lines.length) return;
    const bytes = Buffer.byteLength(JSON.stringify(lines));
    await tx.insert(BotLog, { channelId, botId, run, bytes, lines });
    const kept = await tx.find(BotLog, {
      where: { channelId, botId },
      order: { run: 'DESC' },
      select: { channelId: true, botId: true, run: true, bytes: true },
    });
    let sum = 0;
    const tooOld = kept.find(({ bytes }, i) => {
      sum += bytes;
      return i > 0 && (i >= KEPT_RUNS || sum > KEPT_BYTES);
    });
    const gone = tooOld ? kept.filter(({ run }) => run <= tooOld.run) : [];
    if (tooOld) await tx.delete(BotLog, { channelId, botId, run: LessThanOrEqual(tooOld.run) });
    const freed = gone.reduce((total, { bytes }) => total + LOG_BYTES + bytes, 0);
    await this.storage.charge(tx, channelId, accountId, LOG_BYTES + bytes - freed);
  }

  /** The newest runs that printed something, oldest of them first; only those before a run, where one is named. */
  async tail(tx: EntityManager, { channelId, botId }: Bot, runs: number, before?: number): Promise<BotLog[]> {
    const where = { channelId, botId, ...(before !== undefined && { run: LessThan(before) }) };
    return (await tx.find(BotLog, { where, order: { run: 'DESC' }, take: runs })).reverse();
  }
}
