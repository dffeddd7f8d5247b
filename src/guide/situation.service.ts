import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BotRoster } from '../channels/bot-roster.js';
import type { ChannelStanding } from '../channels/channel-access.service.js';
import { Invites } from '../channels/invites.service.js';
import type { NextStep } from '../channels/next-step.js';
import { seatToPass } from '../channels/own-seats.js';
import { Reading } from '../messaging/reading.service.js';
import { type AnnouncedTurn, AnnouncedTurns } from './announced-turns.service.js';
import { GamesOver } from './games-over.service.js';
import { type BotFacts, type ChannelFacts, nextStep } from './next-step.js';

export interface Situation {
  readonly turns: AnnouncedTurn[];
  readonly unread: number;
  /** The cursor from which to read unread messages. */
  readonly cursor: number;
  readonly next: NextStep;
}

/** The situation of a member in a channel: whose turn it is, what is new, and the next legal step. */
@Injectable()
export class Situations {
  constructor(
    private readonly reading: Reading,
    private readonly turns: AnnouncedTurns,
    private readonly games: GamesOver,
    private readonly roster: BotRoster,
    private readonly invites: Invites,
  ) {}

  async of(tx: EntityManager, standing: ChannelStanding): Promise<Situation> {
    const turns = await this.turns.of(tx, standing);
    const { cursor, count: unread, isFirst } = await this.reading.unread(tx, standing);
    const reachable = await this.reachable(tx, standing);
    const facts: ChannelFacts = {
      channelId: standing.channel.id,
      seat: seatToPass(standing).pass_seat,
      isAdmin: standing.isAdmin,
      isObserver: standing.seat?.role === 'observer',
      isPublic: standing.channel.visibility === 'public',
      cursor,
      unread,
      hasReadNothing: isFirst,
      ownTurn: turns.find(({ is_yours }) => is_yours)?.seat,
      isSomebodysTurn: turns.some(({ is_yours }) => !is_yours),
      bots: await this.botFacts(tx, standing),
      ...seatFacts(standing, reachable),
    };
    return { turns, cursor, unread, next: nextStep(facts) };
  }

  /** The free seats for which there is an invite. Most channels that are read have no free seat. */
  private async reachable(tx: EntityManager, { channel, slots }: ChannelStanding): Promise<ReadonlySet<string>> {
    const hasFree = slots.some(({ kind, isFilled }) => kind === 'invite' && !isFilled);
    return hasFree ? this.invites.reachable(tx, channel.id) : new Set();
  }

  private async botFacts(tx: EntityManager, { channel, seat }: ChannelStanding): Promise<BotFacts[]> {
    const bots = await this.roster.of(tx, channel.id);
    return Promise.all(
      bots.map(async ({ bot_id: botId, slot_id: slotId, status }) => ({
        botId,
        slotId,
        status: status as BotFacts['status'],
        ...(await this.games.of(tx, channel.id, botId)),
        isAsking: seat !== undefined && (await this.games.asks(tx, channel.id, botId, seat.slotId)),
      })),
    );
  }
}

function seatFacts({ slots, ownSeats }: ChannelStanding, reachable: ReadonlySet<string>) {
  const players = slots.filter(({ kind }) => kind === 'invite');
  const own = new Set(ownSeats.map(({ slotId }) => slotId));
  return {
    players: players.length,
    free: players
      .filter(({ isFilled }) => !isFilled)
      .map(({ slotId }) => ({ slotId, hasInvite: reachable.has(slotId) })),
    others: slots.filter(({ kind, isFilled, slotId }) => kind === 'invite' && isFilled && !own.has(slotId)).length,
  };
}
