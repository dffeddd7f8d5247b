import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject, Manifest } from '../../bot-sdk/contract.js';
import { isMove } from '../../bot-sdk/moves.js';
import { BotRoster } from '../channels/bot-roster.js';
import type { Channel } from '../channels/channel.entity.js';
import { DomainError } from '../kernel/errors.js';

/** Checks whether a message may be posted in the mode of its channel. */
@Injectable()
export class ModeRules {
  constructor(private readonly bots: BotRoster) {}

  /**
   * Whether a message is more than a declared move. Throws if the mode does not allow that. In an open channel nothing
   * is checked.
   */
  async isFreeText(tx: EntityManager, { id, mode }: Channel, body: JsonObject): Promise<boolean> {
    if (mode === 'open') return true;
    const bots = await this.bots.of(tx, id);
    const moves = bots.flatMap(({ manifest }) => (manifest as Manifest).moves ?? []);
    if (isMove(moves, body)) return false;
    // Only presets can be here, so their declared moves are our own text.
    if (mode === 'typed_only') throw new DomainError('TEXT_NOT_ALLOWED', undefined, { moves });
    return true;
  }
}
