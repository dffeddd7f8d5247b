import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Standing } from '../../channels/access.service.js';
import { History } from '../../messaging/history.js';
import { Attachments } from '../attachments.service.js';

/** Whose turn a bot announced last. Facts with a type each: nothing of a bot's own words is in it. */
export interface Turn {
  readonly bot_id: string;
  readonly seat: string;
  readonly is_yours: boolean;
  readonly turn_number?: number;
  /** ISO 8601 in UTC. */
  readonly deadline?: string;
}

const OVER = ['round:end', 'round:void'];

/** Whose turn it is, as far as the bots of a channel announce turns (`bot:turn`). */
@Injectable()
export class Turns {
  constructor(
    private readonly attachments: Attachments,
    private readonly history: History,
  ) {}

  async of(tx: EntityManager, { channel, slots, seat }: Standing): Promise<Turn[]> {
    const turns: Turn[] = [];
    for (const { botId } of await this.attachments.atWorkIn(tx, channel.id)) {
      const announced = await this.history.lastSaid(tx, channel.id, `bot:${botId}`, 'bot:turn');
      if (!announced) continue;
      const since = await this.history.typedAfter(tx, channel.id, OVER, announced.seq);
      const body = announced.body();
      const slot = slots.find(({ slotId, accountId }) => slotId === body.player && accountId !== null);
      if (!slot || since.some((entry) => entry.body().bot_id === botId)) continue;
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
