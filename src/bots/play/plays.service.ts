import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Channels } from '../../channels/channels.service.js';
import type { SeatTenure } from '../../channels/seat-tenure.entity.js';
import { Tenures } from '../../channels/tenures.service.js';
import { History } from '../../messaging/history.js';
import { Attachment } from '../attachment.entity.js';
import { Round } from '../round.entity.js';
import { Run } from '../run.entity.js';

/** A round in play: its bot, and the player seats that its parties hold or held. */
export interface RoundInPlay {
  readonly attachment: Attachment;
  readonly parties: readonly SeatTenure[];
}

/**
 * Which rounds are in play, for whom, and whether a channel is a contest (design "Play"). A round is in play once its bot
 * has drawn, committed or been told something in private while an account other than the asker's holds a player seat, and
 * until it is over. Every account that held a player seat since then is a party, also after it left.
 */
@Injectable()
export class Plays {
  constructor(
    private readonly channels: Channels,
    private readonly tenures: Tenures,
    private readonly history: History,
  ) {}

  /** `asker`: the account that wants to know; null for a bot, which is nobody's opponent. */
  async inPlay(tx: EntityManager, channelId: string, asker: string | null): Promise<RoundInPlay[]> {
    const found: RoundInPlay[] = [];
    for (const attachment of await tx.findBy(Attachment, { channelId, removedAt: IsNull() })) {
      const parties = await this.parties(tx, attachment);
      if (parties.some(({ accountId }) => accountId !== asker)) found.push({ attachment, parties });
    }
    return found;
  }

  async isInPlay(tx: EntityManager, attachment: Attachment, asker: string | null): Promise<boolean> {
    return (await this.parties(tx, attachment)).some(({ accountId }) => accountId !== asker);
  }

  /** The first run of a round in play: what it and later ones printed is closed. Undefined where nothing is. */
  async closedFrom(tx: EntityManager, attachment: Attachment, asker: string | null): Promise<number | undefined> {
    if (!(await this.isInPlay(tx, attachment, asker))) return undefined;
    const { channelId, botId, round } = attachment;
    const first = await tx.findOne(Run, { where: { channelId, botId, round }, order: { run: 'ASC' } });
    return first?.run ?? attachment.runs + 1;
  }

  /** None where the bot has neither drawn nor committed nor been told anything in private in this round. */
  async parties(tx: EntityManager, { channelId, botId, round }: Attachment): Promise<SeatTenure[]> {
    const { touchedSeq } = await tx.findOneByOrFail(Round, { channelId, botId, round });
    return touchedSeq === null ? [] : this.tenures.heldSince(tx, channelId, touchedSeq);
  }

  /** Made for distinct members, or in front of a bot whose manifest binds its players. */
  async isContest(tx: EntityManager, channelId: string): Promise<boolean> {
    const { channel } = await this.channels.withSlots(tx, channelId);
    if (channel.distinctMembers) return true;
    const bots = await tx.findBy(Attachment, { channelId, removedAt: IsNull() });
    return bots.some((bot) => bot.manifest().binding === true);
  }

  /** Whether a party has moved since a second one came: from then on the seats of a contest are fixed. */
  async hasBegun(tx: EntityManager, channelId: string): Promise<boolean> {
    for (const { parties } of await this.inPlay(tx, channelId, null)) {
      const second = parties.find(({ accountId }) => accountId !== parties[0]?.accountId);
      if (!second) continue;
      const seats = [...new Set(parties.map(({ slotId }) => slotId))];
      if (await this.history.haveSpoken(tx, channelId, seats, second.joinedSeq)) return true;
    }
    return false;
  }
}
