import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChangeGuard, type ChannelChange } from '../../channels/change-guard.js';
import type { Channel } from '../../channels/channel.entity.js';
import type { ChannelStanding } from '../../channels/channel-access.service.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { EntryAppended } from '../../messaging/log.service.js';
import { Events } from '../../platform/events.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { Rounds } from '../attachments/rounds.service.js';
import { TimerFailed } from '../execution/run-records.js';
import { ConflictsOfInterest } from './conflicts-of-interest.service.js';
import { RoundsInPlay } from './rounds-in-play.service.js';
import { type VoidReason, Voids } from './voids.service.js';

/**
 * The rules of fair play about changes (docs/fair-play.md). Everything that is not a move and affects a round in play
 * is a change. In a contest every party has to agree to it first. Elsewhere an admin may make it, and the round
 * becomes void, so that nobody wins or loses it.
 */
@Injectable()
export class FairPlay extends ChangeGuard {
  constructor(
    private readonly roundsInPlay: RoundsInPlay,
    private readonly voids: Voids,
    private readonly conflicts: ConflictsOfInterest,
    rounds: Rounds,
    events: Events,
  ) {
    super();
    events.on(TimerFailed, (failure, tx) => this.timerFailed(tx, failure));
    events.on(EntryAppended, async ({ entry: { kind, channelId, to, seq } }, tx) => {
      if ((kind === 'private' || kind === 'sealed') && to) await rounds.touchOf(tx, channelId, to, seq);
    });
  }

  /**
   * If the hook of a timer fails in a contest, the round is void, because no member caused it. This applies only after
   * somebody has moved in the round: otherwise a bot whose timer always fails would restart forever.
   */
  private async timerFailed(tx: EntityManager, { channelId, botId, code }: TimerFailed) {
    const bot = await tx.findOneByOrFail(Attachment, { channelId, botId });
    if (bot.removedAt !== null || !(await this.roundsInPlay.isBinding(tx, channelId))) return;
    if (!(await this.roundsInPlay.hasMoved(tx, bot))) return;
    await this.voids.void(tx, bot, { cause: 'server', op: 'on_timer', reason: code });
    await this.voids.restart(tx, bot, true);
  }

  async around<T>(
    tx: EntityManager,
    standing: ChannelStanding,
    change: ChannelChange,
    work: () => Promise<T>,
  ): Promise<T> {
    const endedBots = await this.endedBy(tx, standing, change);
    for (const bot of endedBots) await this.voids.void(tx, bot, reasonOf(standing, change));
    // A change of the bot itself applies to the next round, so that round begins first.
    if (change.reach === 'bot') await this.restart(tx, endedBots, change.restartsBot !== true);
    const outcome = await work();
    if (change.reach !== 'bot') await this.restart(tx, endedBots, true);
    return outcome;
  }

  async assertSeatsOpen(tx: EntityManager, { id }: Channel) {
    if (!(await this.roundsInPlay.isBinding(tx, id)) || !(await this.roundsInPlay.hasBegun(tx, id))) return;
    throw new DomainError('ROUND_IN_PLAY', 'the seats of a contest cannot change once play has begun');
  }

  async assertDisinterested(tx: EntityManager, channelId: string, caller: Caller) {
    await this.conflicts.assertNoneAt(tx, channelId, caller);
  }

  async seated(tx: EntityManager, channelId: string, accountId: string) {
    for (const { bot, op } of await this.roundsInPlay.peekedByOthers(tx, channelId, accountId)) {
      await this.voids.void(tx, bot, { cause: 'admin', op });
      await this.voids.restart(tx, bot, true);
    }
  }

  /** The bots whose rounds in play the change ends. Throws ROUND_IN_PLAY if a contest does not allow it. */
  private async endedBy(tx: EntityManager, standing: ChannelStanding, change: ChannelChange): Promise<Attachment[]> {
    if (change.reach === 'nothing') return [];
    const { channel, caller, by, isAgreed } = standing;
    const asker = by === undefined ? caller.accountId : null;
    const inPlay = (await this.roundsInPlay.inPlay(tx, channel.id, asker)).map(({ attachment }) => attachment);
    if (!inPlay.length) return [];
    if (!isAgreed && !change.isDecision && (await this.roundsInPlay.isBinding(tx, channel.id)))
      throw new DomainError('ROUND_IN_PLAY');
    if (change.reach === 'rounds') return inPlay;
    // The parties have agreed to new seats, and the round continues with them.
    if (change.reach === 'seats') return isAgreed ? [] : inPlay;
    return inPlay.filter(({ slotId }) => slotId === change.slotId);
  }

  /** Restarts the bots that are still at work; after the change closed the channel there are none. */
  private async restart(tx: EntityManager, ended: readonly Attachment[], runsInit: boolean) {
    for (const { channelId, botId } of ended) {
      const bot = await tx.findOneByOrFail(Attachment, { channelId, botId });
      if (bot.removedAt === null) await this.voids.restart(tx, bot, runsInit);
    }
  }
}

const reasonOf = (standing: ChannelStanding, { op, isDecision }: ChannelChange): VoidReason => ({
  cause: isDecision ? 'decision' : standing.isAgreed ? 'agreed' : 'admin',
  by: standing.by ?? actorOf(standing),
  op,
});

/** The seat of the admin; `creator` if the creator of the channel has no seat. */
export const actorOf = ({ seat }: Pick<ChannelStanding, 'seat'>) => seat?.slotId ?? 'creator';
