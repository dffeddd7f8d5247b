import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Channels } from '../../channels/channels.service.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { BotCode } from '../code/bot-code.entity.js';
import { RoundsInPlay } from './rounds-in-play.service.js';

/** Callers who must not decide about a round in play because they are involved in it. */
@Injectable()
export class ConflictsOfInterest {
  constructor(
    private readonly channels: Channels,
    private readonly roundsInPlay: RoundsInPlay,
  ) {}

  /**
   * Throws INTERESTED if the bot has a round in play and the caller is a party of it, created or administers its
   * channel, or wrote the code.
   */
  async assertNoneIn(tx: EntityManager, bot: Attachment, { accountId }: Caller) {
    const parties = await this.roundsInPlay.parties(tx, bot);
    if (!parties.length) return;
    const { channel, slots } = await this.channels.withSlots(tx, bot.channelId);
    const code = await tx.findOneByOrFail(BotCode, { codeHash: bot.codeHash });
    const admins = slots.filter(({ admin }) => admin).map((slot) => slot.accountId);
    const interested = [channel.creatorId, code.firstAccountId, ...admins, ...parties.map((party) => party.accountId)];
    if (interested.includes(accountId)) throw new DomainError('INTERESTED');
  }

  /** The bots that referee a contest in play: everyone in it has an interest in the decision. */
  async contested(tx: EntityManager, bots: readonly Attachment[]): Promise<Attachment[]> {
    const contested: Attachment[] = [];
    for (const bot of bots) {
      const isContest = await this.roundsInPlay.isContest(tx, bot.channelId);
      if (isContest && (await this.roundsInPlay.isInPlay(tx, bot, null))) contested.push(bot);
    }
    return contested;
  }

  /** Like `assertNoneIn`, for every round in play of a channel. */
  async assertNoneAt(tx: EntityManager, channelId: string, caller: Caller) {
    for (const { attachment } of await this.roundsInPlay.inPlay(tx, channelId, null)) {
      await this.assertNoneIn(tx, attachment, caller);
    }
  }
}
