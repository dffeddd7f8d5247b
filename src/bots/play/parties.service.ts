import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Access, type Standing, slotsOf } from '../../channels/access.service.js';
import type { SeatTenure } from '../../channels/seat-tenure.entity.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Plays } from './plays.service.js';

/** Everyone who has to agree to a change of a channel, and the rounds for whose sake. */
export class AskedParties {
  constructor(
    readonly rounds: { botId: string; round: number }[],
    private readonly tenures: readonly SeatTenure[],
  ) {}

  seats(): string[] {
    return this.each((_, seat) => seat);
  }

  /** Once for each account and seat. */
  each<T>(tell: (accountId: string, seat: string) => T): T[] {
    const known = new Map(this.tenures.map((tenure) => [`${tenure.accountId} ${tenure.slotId}`, tenure]));
    return [...known.values()].map(({ accountId, slotId }) => tell(accountId, slotId));
  }

  /** The seat from which this very session plays. */
  seatOf(ownSeats: Standing['ownSeats']): string | undefined {
    const isOwn = (slotId: string) => ownSeats.some((seat) => seat.slotId === slotId);
    return this.tenures.find(({ slotId, leftSeq }) => leftSeq === null && isOwn(slotId))?.slotId;
  }

  /** The seat that an account had and has left: it is asked all the same. */
  leftBy(accountId: string): string | undefined {
    const own = this.tenures.filter((tenure) => tenure.accountId === accountId);
    return own.every(({ leftSeq }) => leftSeq !== null) ? own[0]?.slotId : undefined;
  }
}

/** Who has to be asked, and whether somebody is one of them. */
@Injectable()
export class Parties {
  constructor(
    private readonly access: Access,
    private readonly plays: Plays,
  ) {}

  async of(tx: EntityManager, channelId: string, asker: string | null): Promise<AskedParties> {
    const inPlay = await this.plays.inPlay(tx, channelId, asker);
    const rounds = inPlay.map(({ attachment: { botId, round } }) => ({ botId, round }));
    return new AskedParties(
      rounds,
      inPlay.flatMap(({ parties }) => parties),
    );
  }

  /** The seat for which the caller can say yes. Throws NOT_MEMBER, as for everyone who is none, or NOT_PARTY. */
  async assertParty(tx: EntityManager, channelId: string, asked: AskedParties, caller: Caller, named?: string) {
    const seats = (await slotsOf(tx, channelId)).filter((slot) => slot.isHeldBy(caller));
    const own = named ? seats.filter(({ slotId }) => slotId === named) : seats;
    const seat = asked.seatOf(own) ?? asked.leftBy(caller.accountId);
    if (seat && (named ?? seat) === seat) return seat;
    await this.access.outline(tx, channelId, caller, named);
    throw new DomainError('NOT_PARTY');
  }
}
