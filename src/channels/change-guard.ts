import type { EntityManager } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import type { Channel } from './channel.entity.js';
import type { ChannelStanding } from './channel-access.service.js';

/**
 * What a change affects. `nothing`: no player (a name, an unused invite). `bot`: the bot of one slot, which continues.
 * `bot_ends`: the bot of one slot, which ends. `seats`: the holders or rights of seats. `rounds`: every round, which
 * ends.
 */
export type ChangeScope = 'nothing' | 'bot' | 'bot_ends' | 'seats' | 'rounds';

/** A change of a channel that is not a move. */
export interface ChannelChange {
  readonly op: string;
  readonly reach: ChangeScope;
  readonly slotId?: string;
  /** The change itself restarts the bot, so that `on_init` is not called in addition. */
  readonly restartsBot?: boolean;
  /** A decision of a moderator or admin of the server, which is allowed even during a contest. */
  readonly isDecision?: boolean;
}

/**
 * Applies the rules of fair play to changes of a channel. Implemented by `bots`, a later module that knows the rounds.
 */
export abstract class ChangeGuard {
  /** Applies the change and its consequences for rounds. Throws ROUND_IN_PLAY. */
  abstract around<T>(
    tx: EntityManager,
    standing: ChannelStanding,
    change: ChannelChange,
    work: () => Promise<T>,
  ): Promise<T>;

  /** Throws ROUND_IN_PLAY if no further account may take a player seat. */
  abstract assertSeatsOpen(tx: EntityManager, channel: Channel): Promise<void>;

  /**
   * Throws INTERESTED if the caller takes part in a round in play there, so that they cannot decide about their
   * opponents.
   */
  abstract assertDisinterested(tx: EntityManager, channelId: string, caller: Caller): Promise<void>;

  /** Call it when an account has taken a player seat. Bots whose internals the account has seen are restarted. */
  abstract seated(tx: EntityManager, channelId: string, accountId: string): Promise<void>;
}
