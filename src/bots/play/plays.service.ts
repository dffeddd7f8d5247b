import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Channels } from '../../channels/channels.service.js';
import type { SeatTenure } from '../../channels/seat-tenure.entity.js';
import { Tenures } from '../../channels/tenures.service.js';
import { History } from '../../messaging/history.js';
import { Attachment } from '../attachment.entity.js';
import { Round } from '../round.entity.js';
import { Run } from '../run.entity.js';

/** A round in play: its bot, since when, and the player seats that its parties hold or held. */
export interface RoundInPlay {
  readonly attachment: Attachment;
  readonly since: number;
  readonly parties: readonly SeatTenure[];
}

/**
 * Which rounds are in play, for whom, and whether a channel is a contest (design "Play"). A round is in play once its bot
 * has drawn, committed or been told something in private while an account other than the asker's holds a player seat, and
 * until it is over; in a contest also once a party has moved beside another. Every account that held a player seat since then
 * is a party, also after it left.
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
    for (const attachment of await this.bots(tx, channelId)) {
      const since = await this.since(tx, attachment);
      const parties = since === undefined ? [] : await this.tenures.heldSince(tx, channelId, since);
      if (since !== undefined && parties.some(({ accountId }) => accountId !== asker)) {
        found.push({ attachment, since, parties });
      }
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

  /** None where nothing of the round is hidden yet and, in a contest, nobody has moved. */
  async parties(tx: EntityManager, attachment: Attachment): Promise<SeatTenure[]> {
    const since = await this.since(tx, attachment);
    return since === undefined ? [] : this.tenures.heldSince(tx, attachment.channelId, since);
  }

  /**
   * Whether a contest binds: two parties at least, of whom somebody still sits there. Before a second one came nobody could
   * have lost, and where everybody has left nobody is left to win.
   */
  async isBinding(tx: EntityManager, channelId: string): Promise<boolean> {
    for (const { since, parties } of await this.inPlay(tx, channelId, null)) {
      if (!(await this.isContest(tx, channelId, since))) continue;
      const accounts = new Set(parties.map(({ accountId }) => accountId));
      if (accounts.size > 1 && parties.some(({ leftSeq }) => leftSeq === null)) return true;
    }
    return false;
  }

  /** Whether a party has moved beside another one: from then on the seats of a contest are fixed. */
  async hasBegun(tx: EntityManager, channelId: string): Promise<boolean> {
    for (const attachment of await this.bots(tx, channelId)) {
      if ((await this.begunAt(tx, attachment)) !== undefined) return true;
    }
    return false;
  }

  /** Made for distinct members, or in front of a bot whose manifest binds its players and that sat there before `seq`. */
  async isContest(tx: EntityManager, channelId: string, seq = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    const { channel } = await this.channels.withSlots(tx, channelId);
    if (channel.distinctMembers) return true;
    return (await this.bots(tx, channelId)).some((bot) => bot.manifest().binding === true && bot.initSeq <= seq);
  }

  /** Bots of whose round, before it is over, somebody else has read what was printed. */
  async peekedByOthers(tx: EntityManager, channelId: string, accountId: string): Promise<Attachment[]> {
    const peeked: Attachment[] = [];
    for (const bot of await this.bots(tx, channelId)) {
      const { botId, round } = bot;
      const { peekedBy } = await tx.findOneByOrFail(Round, { channelId, botId, round });
      if (peekedBy !== null && peekedBy !== accountId && (await this.since(tx, bot)) !== undefined) peeked.push(bot);
    }
    return peeked;
  }

  private bots(tx: EntityManager, channelId: string): Promise<Attachment[]> {
    return tx.findBy(Attachment, { channelId, removedAt: IsNull() });
  }

  /** The entry from which on a round can be in play. */
  private async since(tx: EntityManager, attachment: Attachment): Promise<number | undefined> {
    const { channelId, botId, round, cursor, initSeq } = attachment;
    const { touchedSeq } = await tx.findOneByOrFail(Round, { channelId, botId, round });
    if (touchedSeq !== null) return touchedSeq;
    // What the bot will draw when it begins is as good as drawn: what is done before its first hook must not count for it.
    if (cursor < initSeq && attachment.manifest().hooks.includes('on_init')) return initSeq;
    const begun = await this.begunAt(tx, attachment);
    return begun !== undefined && (await this.isContest(tx, channelId, begun)) ? begun : undefined;
  }

  /** The entry at which a second party was there, where somebody of them has moved since in this round. */
  private async begunAt(
    tx: EntityManager,
    { channelId, botId, round, initSeq }: Attachment,
  ): Promise<number | undefined> {
    const before = round > 1 ? await tx.findOneBy(Round, { channelId, botId, round: round - 1 }) : null;
    const start = before?.revealedSeq ?? initSeq;
    const held = await this.tenures.heldSince(tx, channelId, start);
    const second = held.find(({ accountId }) => accountId !== held[0]?.accountId);
    if (!second) return undefined;
    const from = Math.max(second.joinedSeq, start);
    const seats = [...new Set(held.map(({ slotId }) => slotId))];
    return (await this.history.haveSpoken(tx, channelId, seats, from)) ? from : undefined;
  }
}
