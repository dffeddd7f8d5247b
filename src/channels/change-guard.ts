import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Standing } from './access.service.js';
import type { Channel } from './channel.entity.js';

/**
 * What a change reaches. `nothing`: a name or an unused invite. `bot`: the bot of one slot, which goes on. `bot_ends`: the bot
 * of one slot, which does not. `seats`: who sits where and who decides. `rounds`: every round, which ends.
 */
export type Reach = 'nothing' | 'bot' | 'bot_ends' | 'seats' | 'rounds';

/** Something other than a move that is about to be done to a channel. */
export interface Change {
  readonly op: string;
  readonly reach: Reach;
  readonly slotId?: string;
  /** The change itself says with what the bot begins anew, so that it gets no `on_init` besides. */
  readonly isInit?: boolean;
  /** The server does it, because it cannot go on otherwise. */
  readonly isOfServer?: boolean;
}

/** Whoever knows the rounds of play. */
export interface PlayRules {
  /** Does the change and whatever has to be done around it, or throws ROUND_IN_PLAY. */
  around<T>(tx: EntityManager, standing: Standing, change: Change, work: () => Promise<T>): Promise<T>;
  /** Throws ROUND_IN_PLAY where no other account may come to a player seat any more. */
  assertSeatsOpen(tx: EntityManager, channel: Channel): Promise<void>;
  /** An account has come to a player seat. What somebody else has looked into begins anew. */
  seated(tx: EntityManager, channelId: string, accountId: string): Promise<void>;
}

/** Where changes of a channel meet the rules of fair play. `bots`, which stands later in the line, sets the rules. */
@Injectable()
export class ChangeGuard implements PlayRules {
  private rules: PlayRules = {
    around: (_tx, _standing, _change, work) => work(),
    assertSeatsOpen: async () => {},
    seated: async () => {},
  };

  setBy(rules: PlayRules) {
    this.rules = rules;
  }

  around<T>(tx: EntityManager, standing: Standing, change: Change, work: () => Promise<T>): Promise<T> {
    return this.rules.around(tx, standing, change, work);
  }

  assertSeatsOpen(tx: EntityManager, channel: Channel): Promise<void> {
    return this.rules.assertSeatsOpen(tx, channel);
  }

  seated(tx: EntityManager, channelId: string, accountId: string): Promise<void> {
    return this.rules.seated(tx, channelId, accountId);
  }
}
