import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Verdicts } from '../code/verdicts.service.js';
import { Attachment } from './attachment.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId' | 'codeHash' | 'sparedAt'>;

/** The notice to a channel about a bot whose code an admin of the server has to allow first. */
@Injectable()
export class ReviewNotices {
  constructor(
    private readonly clock: Clock,
    private readonly log: ChannelLog,
    private readonly verdicts: Verdicts,
  ) {}

  /** Logs once that the bot waits for an admin, if it does. */
  async announceWait(tx: EntityManager, { channelId, botId, codeHash, sparedAt }: Bot) {
    if (await this.verdicts.mayRun(tx, { codeHash, sparedAt })) return;
    const untold = { channelId, botId, waitToldAt: IsNull() };
    const { affected } = await tx.update(Attachment, untold, { waitToldAt: this.clock.now() });
    if (!affected) return;
    const body = { type: 'bot:waiting', bot_id: botId, code_hash: codeHash, reason: WAITING };
    await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
  }
}

const WAITING =
  'No admin of this server has allowed this code yet. Until one does, no hook of the bot runs; then it gets everything that happened, in order.';
