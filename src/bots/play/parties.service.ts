import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Access, type Standing } from '../../channels/access.service.js';
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

  /** The seat that a call is made from, where it is one of those that play. */
  seatOf(seat: Standing['seat']): string | undefined {
    return this.tenures.find(({ slotId, leftSeq }) => leftSeq === null && slotId === seat?.slotId)?.slotId;
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

  /** The seat for which the caller can say yes. Throws NOT_MEMBER, as for everyone who is none, SEAT_AMBIGUOUS or NOT_PARTY. */
  async assertParty(tx: EntityManager, channelId: string, asked: AskedParties, caller: Caller, named?: string) {
    const left = asked.leftBy(caller.accountId);
    if (left && (named ?? left) === left) return left;
    const seat = asked.seatOf((await this.access.standing(tx, channelId, caller, named)).seat);
    if (!seat) throw new DomainError('NOT_PARTY');
    return seat;
  }
}
