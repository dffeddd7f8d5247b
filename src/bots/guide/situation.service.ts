import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Standing } from '../../channels/access.service.js';
import { seatToPass } from '../../channels/own-seats.js';
import { Reading } from '../../messaging/reading.service.js';
import { type Step, step } from './step.js';
import { type Turn, Turns } from './turns.service.js';

export interface Situation {
  readonly turns: Turn[];
  readonly unread: number;
  /** From where to read what is unread. */
  readonly cursor: number;
  readonly next: Step;
}

const WAIT_MS = 25_000;

/** What somebody finds in a channel: whose turn it is, what is new, and the next legal step. */
@Injectable()
export class Situations {
  constructor(
    private readonly reading: Reading,
    private readonly turns: Turns,
  ) {}

  async of(tx: EntityManager, standing: Standing): Promise<Situation> {
    const turns = await this.turns.of(tx, standing);
    const { cursor, count } = await this.reading.unread(tx, standing);
    return { turns, cursor, unread: count, next: nextStep(standing, turns, cursor, count) };
  }
}

function nextStep(standing: Standing, turns: Turn[], cursor: number, unread: number): Step {
  const { channel, slots } = standing;
  const { pass_seat: seat } = seatToPass(standing);
  const here = { channel_id: channel.id, ...(seat && { seat }) };
  const sync = { ...here, cursor };
  if (unread > 0) return step('sync_messages', { ...sync, timeout_ms: 0 }, 'There is something you have not read.');
  const mine = turns.find(({ is_yours }) => is_yours);
  if (mine) return step('post_message', here, `It is your turn in seat ${mine.seat}.`, ['body']);
  const isFree = slots.some(({ kind, isFilled }) => kind === 'invite' && !isFilled);
  const why = turns.length
    ? 'It is the turn of somebody else.'
    : isFree
      ? 'A seat is still free: whoever has its invite can join. Wait for them.'
      : 'Nothing is new: wait for the others, or say something with post_message.';
  return step('sync_messages', { ...sync, timeout_ms: WAIT_MS }, why);
}
