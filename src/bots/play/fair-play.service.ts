import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Standing } from '../../channels/access.service.js';
import { type Change, ChangeGuard, type PlayRules } from '../../channels/change-guard.js';
import type { Channel } from '../../channels/channel.entity.js';
import { DomainError } from '../../kernel/errors.js';
import { EntryAppended } from '../../messaging/log.service.js';
import { Events } from '../../platform/events.js';
import { Attachment } from '../attachment.entity.js';
import { Rounds } from '../rounds.service.js';
import { Plays } from './plays.service.js';
import { type VoidReason, Voids } from './voids.service.js';

/**
 * The rules of fair play about changes (design "Play", 1 to 4 and 9). Whatever is no move and reaches a round in play is a
 * change: in a contest every party agrees to it first; elsewhere an admin may make it, and the round is void, so that it is
 * nobody's win or loss.
 */
@Injectable()
export class FairPlay implements PlayRules {
  constructor(
    private readonly plays: Plays,
    private readonly voids: Voids,
    rounds: Rounds,
    guard: ChangeGuard,
    events: Events,
  ) {
    guard.setBy(this);
    events.on(EntryAppended, async ({ entry: { kind, channelId, to, seq } }, tx) => {
      if ((kind === 'private' || kind === 'sealed') && to) await rounds.touchOf(tx, channelId, to, seq);
    });
  }

  async around<T>(tx: EntityManager, standing: Standing, change: Change, work: () => Promise<T>): Promise<T> {
    const ended = await this.endedBy(tx, standing, change);
    for (const bot of ended) await this.voids.void(tx, bot, reasonOf(standing, change));
    // What is done to a bot by hand is done to the round that follows.
    if (change.reach === 'bot') await this.restart(tx, ended, change.isInit !== true);
    const outcome = await work();
    if (change.reach !== 'bot') await this.restart(tx, ended, true);
    return outcome;
  }

  async assertSeatsOpen(tx: EntityManager, { id }: Channel) {
    if (!(await this.plays.isBinding(tx, id)) || !(await this.plays.hasBegun(tx, id))) return;
    throw new DomainError('ROUND_IN_PLAY', 'the seats of a contest are fixed once play has begun');
  }

  async seated(tx: EntityManager, channelId: string, accountId: string) {
    for (const bot of await this.plays.peekedByOthers(tx, channelId, accountId)) {
      await this.voids.void(tx, bot, { cause: 'admin', op: 'debug_bot:tail_logs' });
      await this.voids.restart(tx, bot, true);
    }
  }

  /** The bots whose rounds in play the change ends. Throws ROUND_IN_PLAY where a contest does not allow it. */
  private async endedBy(tx: EntityManager, standing: Standing, change: Change): Promise<Attachment[]> {
    if (change.reach === 'nothing') return [];
    const { channel, caller, by, isAgreed } = standing;
    const asker = by === undefined ? caller.accountId : null;
    const inPlay = (await this.plays.inPlay(tx, channel.id, asker)).map(({ attachment }) => attachment);
    if (!inPlay.length) return [];
    if (!isAgreed && !change.isOfServer && (await this.plays.isBinding(tx, channel.id)))
      throw new DomainError('ROUND_IN_PLAY');
    if (change.reach === 'rounds') return inPlay;
    // The parties said yes to new seats, and play goes on with them.
    if (change.reach === 'seats') return isAgreed ? [] : inPlay;
    return inPlay.filter(({ slotId }) => slotId === change.slotId);
  }

  /** Those that are still at work. A closed channel has none. */
  private async restart(tx: EntityManager, ended: readonly Attachment[], runsInit: boolean) {
    for (const { channelId, botId } of ended) {
      const bot = await tx.findOneByOrFail(Attachment, { channelId, botId });
      if (bot.removedAt === null) await this.voids.restart(tx, bot, runsInit);
    }
  }
}

const reasonOf = (standing: Standing, { op, isOfServer }: Change): VoidReason => ({
  cause: isOfServer ? 'server' : standing.isAgreed ? 'agreed' : 'admin',
  by: standing.by ?? actorOf(standing),
  op,
});

/** The seat from which they administer; who made the channel needs none. */
export const actorOf = ({ seat }: Pick<Standing, 'seat'>) => seat?.slotId ?? 'creator';
