import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Config } from '../../platform/config.js';
import { Attachment } from '../attachment.entity.js';
import { BotCode } from '../bot-code.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId' | 'codeHash' | 'sparedAt'>;

/** Whether code may be attached and may run, by what admins said of its hash. Asked anew each time: nothing is cached. */
@Injectable()
export class Verdicts {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly log: ChannelLog,
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
    const { affected } = await tx.update(
      Attachment,
      { channelId, botId, waitToldAt: IsNull() },
      { waitToldAt: this.clock.now() },
    );
    if (!affected) return;
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
