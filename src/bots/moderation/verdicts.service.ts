import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../kernel/errors.js';
import { History } from '../../messaging/history.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Config } from '../../platform/config.js';
import type { Attachment } from '../attachment.entity.js';
import { BotCode } from '../bot-code.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId' | 'codeHash' | 'sparedAt'>;

/** Whether code may be attached and may run, by what admins said of its hash. Asked anew each time: nothing is cached. */
@Injectable()
export class Verdicts {
  constructor(
    private readonly config: Config,
    private readonly log: ChannelLog,
    private readonly history: History,
  ) {}

  /** Throws where nobody may attach this code now. Asked within the write that attaches. */
  async mustAttach(tx: EntityManager, codeHash: string) {
    const { status } = await standingOf(tx, codeHash);
    if (status === 'blocked') throw new DomainError('CODE_BLOCKED', undefined, { code_hash: codeHash });
    if (status === 'quarantined') throw new DomainError('CODE_QUARANTINED', undefined, { code_hash: codeHash });
  }

  /** Whether hooks of this code may start. Those that may not stay in the log, and are run in its order once they may. */
  async mayRun(tx: EntityManager, { codeHash, sparedAt }: Pick<Bot, 'codeHash' | 'sparedAt'>): Promise<boolean> {
    const { status, clearedAt } = await standingOf(tx, codeHash);
    return (status !== 'blocked' || sparedAt !== null) && (clearedAt !== null || this.config.moderation === 'open');
  }

  /** Says in the channel, once, that the bot waits for an admin, where it does. */
  async announceWait(tx: EntityManager, { channelId, botId, codeHash, sparedAt }: Bot) {
    if (await this.mayRun(tx, { codeHash, sparedAt })) return;
    const told = await this.history.said(tx, channelId, 'system', 'bot:waiting', botId);
    if (told.some((entry) => entry.body().bot_id === botId)) return;
    const body = { type: 'bot:waiting', bot_id: botId, code_hash: codeHash, reason: WAITING };
    await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
  }
}

const WAITING =
  'No admin of this server has allowed this code yet. Until one does, the bot hears nothing; then it hears everything, in order.';

type CodeStanding = Pick<BotCode, 'status' | 'clearedAt'>;

/** What nobody has stored yet, nobody has decided about. */
async function standingOf(tx: EntityManager, codeHash: string): Promise<CodeStanding> {
  const select = { codeHash: true, status: true, clearedAt: true } as const;
  return (await tx.findOne(BotCode, { where: { codeHash }, select })) ?? { status: 'unseen', clearedAt: null };
}
