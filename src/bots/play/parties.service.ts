import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChannelAccess, type ChannelStanding } from '../../channels/channel-access.service.js';
import type { SeatHolding } from '../../channels/tenures.service.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { RoundsInPlay } from './rounds-in-play.service.js';

/** Everyone who has to agree to a change of a channel, and the rounds in play. */
export class AskedParties {
  constructor(
    readonly rounds: { botId: string; round: number }[],
    private readonly tenures: readonly SeatHolding[],
  ) {}

  seats(): string[] {
    return this.each((_, seat) => seat);
  }

  /** Calls `tell` once for each account and seat. */
  each<T>(tell: (accountId: string, seat: string) => T): T[] {
    const known = new Map(this.tenures.map((tenure) => [`${tenure.accountId} ${tenure.slotId}`, tenure]));
    return [...known.values()].map(({ accountId, slotId }) => tell(accountId, slotId));
  }

  /** The caller's seat, if it is one of those that play. */
  seatOf(seat: ChannelStanding['seat']): string | undefined {
    return this.tenures.find(({ slotId, leftSeq }) => leftSeq === null && slotId === seat?.slotId)?.slotId;
  }

  /** The seat of an account that has left: its consent is needed nevertheless. */
  leftBy(accountId: string): string | undefined {
    const own = this.tenures.filter((tenure) => tenure.accountId === accountId);
    return own.every(({ leftSeq }) => leftSeq !== null) ? own[0]?.slotId : undefined;
  }
}

/** Finds the accounts that have to agree, and the seat from which a caller can agree. */
@Injectable()
export class Parties {
  constructor(
    private readonly access: ChannelAccess,
    private readonly roundsInPlay: RoundsInPlay,
  ) {}

  async of(tx: EntityManager, channelId: string, asker: string | null): Promise<AskedParties> {
    const inPlay = await this.roundsInPlay.inPlay(tx, channelId, asker);
    const rounds = inPlay.map(({ attachment: { botId, round } }) => ({ botId, round }));
    return new AskedParties(
      rounds,
      inPlay.flatMap(({ parties }) => parties),
    );
  }

  /** The seat from which the caller can agree. Throws NOT_MEMBER, SEAT_AMBIGUOUS or NOT_PARTY. */
  async assertParty(tx: EntityManager, channelId: string, asked: AskedParties, caller: Caller, named?: string) {
    const vacatedSeat = asked.leftBy(caller.accountId);
    if (vacatedSeat && (named ?? vacatedSeat) === vacatedSeat) return vacatedSeat;
    const seat = asked.seatOf((await this.access.standing(tx, channelId, caller, named)).seat);
    if (!seat) throw new DomainError('NOT_PARTY');
    return seat;
  }
}
