import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Channels } from '../../channels/channels.service.js';
import { type SeatHolding, Tenures } from '../../channels/tenures.service.js';
import { History } from '../../messaging/history.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { Round } from '../attachments/round.entity.js';
import { Run } from '../execution/run.entity.js';

/** A round in play: its bot, since when, and the player seats that its parties hold or held. */
export interface RoundInPlay {
  readonly attachment: Attachment;
  readonly since: number;
  readonly parties: readonly SeatHolding[];
}

/** A bot about whose round an account knows more than a player may, and the operation through which it learned it. */
export interface PeekedBot {
  readonly bot: Attachment;
  readonly op?: string;
}

/**
 * Which rounds are in play, for whom, and whether a channel is a contest (docs/fair-play.md). A round is in play from
 * the moment its bot has drawn, made a commitment or received or sent a private message while an account other than
 * the asker's holds a player seat, until it is over. In a contest it is also in play once a party has moved while
 * another party was present. Every account that has held a player seat since then is a party, even after it has left.
 */
@Injectable()
export class RoundsInPlay {
  constructor(
    private readonly channels: Channels,
    private readonly tenures: Tenures,
    private readonly history: History,
  ) {}

  /** `asker`: the account for which the question is asked; null for a bot, which is an opponent of no one. */
  async inPlay(tx: EntityManager, channelId: string, asker: string | null): Promise<RoundInPlay[]> {
    const rounds: RoundInPlay[] = [];
    for (const attachment of await this.bots(tx, channelId)) {
      const since = await this.since(tx, attachment);
      const parties = since === undefined ? [] : await this.tenures.heldSince(tx, channelId, since);
      if (since !== undefined && parties.some(({ accountId }) => accountId !== asker)) {
        rounds.push({ attachment, since, parties });
      }
    }
    return rounds;
  }

  async isInPlay(tx: EntityManager, attachment: Attachment, asker: string | null): Promise<boolean> {
    return (await this.parties(tx, attachment)).some(({ accountId }) => accountId !== asker);
  }

  /**
   * The first run of a round in play: the logs of this run and of later ones are withheld. Undefined if no round is in
   * play.
   */
  async closedFrom(tx: EntityManager, attachment: Attachment, asker: string | null): Promise<number | undefined> {
    if (!(await this.isInPlay(tx, attachment, asker))) return undefined;
    const { channelId, botId, round } = attachment;
    const first = await tx.findOne(Run, { where: { channelId, botId, round }, order: { run: 'ASC' } });
    return first?.run ?? attachment.runs + 1;
  }

  /**
   * The parties of the current round. Empty if nothing of the round is hidden yet and, in a contest, nobody has moved.
   */
  async parties(tx: EntityManager, attachment: Attachment): Promise<SeatHolding[]> {
    const since = await this.since(tx, attachment);
    return since === undefined ? [] : this.tenures.heldSince(tx, attachment.channelId, since);
  }

  /**
   * Whether the rules of a contest apply now: there are at least two parties, and at least one of them still holds a
   * seat. Before the second party came nobody could have lost, and when all have left nobody can win.
   */
  async isBinding(tx: EntityManager, channelId: string): Promise<boolean> {
    for (const { since, parties } of await this.inPlay(tx, channelId, null)) {
      if (!(await this.isContest(tx, channelId, since))) continue;
      const accounts = new Set(parties.map(({ accountId }) => accountId));
      if (accounts.size > 1 && parties.some(({ leftSeq }) => leftSeq === null)) return true;
    }
    return false;
  }

  /** Whether a party has moved while another party was present: from then on the seats of a contest are fixed. */
  async hasBegun(tx: EntityManager, channelId: string): Promise<boolean> {
    for (const attachment of await this.bots(tx, channelId)) {
      if (await this.hasMoved(tx, attachment)) return true;
    }
    return false;
  }

  /** The same for the round of this bot. */
  async hasMoved(tx: EntityManager, attachment: Attachment): Promise<boolean> {
    return (await this.begunAt(tx, attachment)) !== undefined;
  }

  /**
   * Whether the channel was created with distinct_members, or has a bot whose manifest says `binding` and that was
   * attached before `seq`.
   */
  async isContest(tx: EntityManager, channelId: string, seq = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    const { channel } = await this.channels.withSlots(tx, channelId);
    if (channel.distinctMembers) return true;
    return (await this.bots(tx, channelId)).some((bot) => bot.manifest().binding === true && bot.initSeq <= seq);
  }

  /**
   * Bots about whose open round another account knows more than a player may, and the operation through which it
   * learned it.
   */
  async peekedByOthers(tx: EntityManager, channelId: string, accountId: string): Promise<PeekedBot[]> {
    const peeked: PeekedBot[] = [];
    for (const bot of await this.bots(tx, channelId)) {
      const { botId, round } = bot;
      const { peekedBy, peekedOp } = await tx.findOneByOrFail(Round, { channelId, botId, round });
      if (peekedBy === null || peekedBy === accountId || (await this.since(tx, bot)) === undefined) continue;
      peeked.push({ bot, op: peekedOp ?? undefined });
    }
    return peeked;
  }

  private bots(tx: EntityManager, channelId: string): Promise<Attachment[]> {
    return tx.findBy(Attachment, { channelId, removedAt: IsNull() });
  }

  /** The entry from which the round is in play, if somebody plays; undefined if it cannot be in play yet. */
  private async since(tx: EntityManager, attachment: Attachment): Promise<number | undefined> {
    const { channelId, botId, round, cursor, initSeq } = attachment;
    const { touchedSeq } = await tx.findOneByOrFail(Round, { channelId, botId, round });
    if (touchedSeq !== null) return touchedSeq;
    // A draw in `on_init` counts from the moment the bot was attached: otherwise changes made before that hook would be
    // free.
    if (cursor < initSeq && attachment.hooks().includes('on_init')) return initSeq;
    const startSeq = await this.begunAt(tx, attachment);
    return startSeq !== undefined && (await this.isContest(tx, channelId, startSeq)) ? startSeq : undefined;
  }

  /** The entry at which the second party was present, if a party has moved since then in this round. */
  private async begunAt(
    tx: EntityManager,
    { channelId, botId, round, initSeq }: Attachment,
  ): Promise<number | undefined> {
    const before = round > 1 ? await tx.findOneBy(Round, { channelId, botId, round: round - 1 }) : null;
    const start = before?.revealedSeq ?? initSeq;
    const playerTenures = await this.tenures.heldSince(tx, channelId, start);
    const second = playerTenures.find(({ accountId }) => accountId !== playerTenures[0]?.accountId);
    if (!second) return undefined;
    const from = Math.max(second.joinedSeq, start);
    const seats = [...new Set(playerTenures.map(({ slotId }) => slotId))];
    return (await this.history.haveSpoken(tx, channelId, seats, from)) ? from : undefined;
  }
}
