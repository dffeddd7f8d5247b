import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Attachments } from '../bots/attachments/attachments.service.js';
import { Rounds } from '../bots/attachments/rounds.service.js';
import type { ChannelStanding } from '../channels/channel-access.service.js';
import { History } from '../messaging/history.js';

/** The last turn that a bot announced. Only facts with a fixed type, and no text of the bot. */
export interface AnnouncedTurn {
  readonly bot_id: string;
  readonly seat: string;
  readonly is_yours: boolean;
  readonly turn_number?: number;
  /** ISO 8601 in UTC. */
  readonly deadline?: string;
}

/**
 * The types of posts with which a bot ends a hand or a game while its round continues: after them it is nobody's turn.
 */
const ENDS_TURN = ['bot:reveal', 'game_end', 'end', 'betting'];

/** Finds whose turn it is, if the bots of a channel announce turns (`bot:turn`). */
@Injectable()
export class AnnouncedTurns {
  constructor(
    private readonly attachments: Attachments,
    private readonly history: History,
    private readonly rounds: Rounds,
  ) {}

  async of(tx: EntityManager, { channel, slots, seat }: ChannelStanding): Promise<AnnouncedTurn[]> {
    const turns: AnnouncedTurn[] = [];
    for (const { botId } of await this.attachments.atWorkIn(tx, channel.id)) {
      const turn = await this.history.lastSaid(tx, channel.id, `bot:${botId}`, 'bot:turn');
      if (!turn) continue;
      const turnEnd = await this.history.lastSaidToAll(tx, channel.id, `bot:${botId}`, ENDS_TURN);
      if (turnEnd && turnEnd.seq > turn.seq) continue;
      if (await this.rounds.hasEndedSince(tx, { channelId: channel.id, botId }, turn.seq)) continue;
      const body = turn.body();
      const slot = slots.find(({ slotId, accountId }) => slotId === body.player && accountId !== null);
      if (!slot) continue;
      const is_yours = seat?.slotId === slot.slotId;
      turns.push({ bot_id: botId, seat: slot.slotId, is_yours, ...clockOf(body) });
    }
    return turns;
  }
}

function clockOf({ turn_number, deadline }: Record<string, unknown>) {
  const until = typeof deadline === 'string' ? Date.parse(deadline) : Number.NaN;
  return {
    ...(Number.isSafeInteger(turn_number) && { turn_number: turn_number as number }),
    ...(!Number.isNaN(until) && { deadline: new Date(until).toISOString() }),
  };
}
