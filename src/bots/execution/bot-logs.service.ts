import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThan, LessThanOrEqual } from 'typeorm';
import { Storage } from '../../channels/storage/storage.service.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { BotLog } from './bot-log.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId' | 'accountId'>;

/** The maximum of logs per bot; the newest run is always kept. */
const KEPT_RUNS = 50;
const KEPT_BYTES = 262_144;
/** The bytes that the logs of a run count in addition to their lines. */
const LOG_BYTES = 150;

/**
 * The lines that bots print with `console.log` or `print`. They are not part of the log of the channel and prove
 * nothing.
 */
@Injectable()
export class BotLogs {
  constructor(private readonly storage: Storage) {}

  /** Charged to the account that attached the bot, because the logs that are kept are always small. */
  async keep(tx: EntityManager, { channelId, botId, accountId }: Bot, run: number, lines: string[]) {
    if (!lines.length) return;
    const bytes = Buffer.byteLength(JSON.stringify(lines));
    await tx.insert(BotLog, { channelId, botId, run, bytes, lines });
    const rows = await tx.find(BotLog, {
      where: { channelId, botId },
      order: { run: 'DESC' },
      select: { channelId: true, botId: true, run: true, bytes: true },
    });
    let sum = 0;
    const tooOld = rows.find(({ bytes }, i) => {
      sum += bytes;
      return i > 0 && (i >= KEPT_RUNS || sum > KEPT_BYTES);
    });
    const gone = tooOld ? rows.filter(({ run }) => run <= tooOld.run) : [];
    if (tooOld) await tx.delete(BotLog, { channelId, botId, run: LessThanOrEqual(tooOld.run) });
    const freedBytes = gone.reduce((total, { bytes }) => total + LOG_BYTES + bytes, 0);
    await this.storage.charge(tx, channelId, accountId, LOG_BYTES + bytes - freedBytes);
  }

  /** The newest runs that printed something, in ascending order; if `before` is given, only runs before it. */
  async tail(tx: EntityManager, { channelId, botId }: Bot, runs: number, before?: number): Promise<BotLog[]> {
    const where = { channelId, botId, ...(before !== undefined && { run: LessThan(before) }) };
    return (await tx.find(BotLog, { where, order: { run: 'DESC' }, take: runs })).reverse();
  }
}
