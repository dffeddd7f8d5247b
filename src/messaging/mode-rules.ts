import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject, Manifest } from '../../bot-sdk/contract.js';
import { isMove } from '../../bot-sdk/moves.js';
import { BotRoster } from '../channels/bot-roster.js';
import type { Channel } from '../channels/channel.entity.js';
import { DomainError } from '../kernel/errors.js';

/** What may be said in a channel of which mode. */
@Injectable()
export class ModeRules {
  constructor(private readonly bots: BotRoster) {}

  /** Whether a message is more than a move. Throws where that may not be. In an open channel nobody looks. */
  async isFreeText(tx: EntityManager, { id, mode }: Channel, body: JsonObject): Promise<boolean> {
    if (mode === 'open') return true;
    const bots = await this.bots.of(tx, id);
    const moves = bots.flatMap(({ manifest }) => (manifest as Manifest).moves ?? []);
    if (isMove(moves, body)) return false;
    // Only presets sit here: what they declare is our own words.
    if (mode === 'typed_only') throw new DomainError('TEXT_NOT_ALLOWED', undefined, { moves });
    return true;
  }
}
