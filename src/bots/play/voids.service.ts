import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Database } from '../../platform/database.js';
import { Events } from '../../platform/events.js';
import { Metrics } from '../../platform/metrics.js';
import { Attachment } from '../attachment.entity.js';
import { BotTimer } from '../bot-timer.entity.js';
import { Commitments } from '../commitments/commitments.service.js';
import { RoundOver, Rounds } from '../rounds.service.js';

/** Why a round ended without a result. `admin`: somebody changed what it was played under, outside a contest. */
export type VoidCause = 'admin' | 'agreed' | 'decision' | 'server';

export interface VoidReason {
  readonly cause: VoidCause;
  /** A seat, `creator`, a bot, or the change that every party agreed to. */
  readonly by?: string;
  readonly op?: string;
  readonly reason?: string;
}

/** Rounds that end without a winner, and bots that begin anew after one. */
@Injectable()
export class Voids {
  constructor(
    private readonly database: Database,
    private readonly log: ChannelLog,
    private readonly rounds: Rounds,
    private readonly commitments: Commitments,
    private readonly metrics: Metrics,
    private readonly events: Events,
  ) {}

  /** The round counts for nobody: its seed is revealed, its receipts open, and no hook runs for it any more. */
  async void(tx: EntityManager, bot: Attachment, reason: VoidReason) {
    const { channelId, botId, round } = bot;
    await this.say(tx, channelId, { type: 'round:void', bot_id: botId, round, ...reason });
    await this.rounds.revealOpen(tx, bot);
    await this.commitments.lapse(tx, bot);
    await tx.delete(BotTimer, { channelId, botId });
    this.database.afterCommit(() => this.metrics.roundsVoided.inc({ cause: reason.cause }));
    await this.events.announce(new RoundOver(channelId, botId), tx);
  }

  /**
   * The bot forgets the round that is void and begins the next one, with `on_init` if that is wanted, which this entry then
   * fires: whatever happened before it fires nothing.
   */
  async restart(tx: EntityManager, bot: Attachment, runsInit: boolean) {
    const { channelId, botId } = bot;
    const round = bot.round + 1;
    const seed_commit = await this.rounds.begin(tx, bot, round);
    const body = { type: 'round:commit', round, seed_commit, ...(runsInit && { restart: true }), bot_id: botId };
    const { seq } = await this.say(tx, channelId, body);
    // A round that follows a void one is in play at once: else a second change, before the bot has begun, would count for it.
    await this.rounds.touch(tx, bot, round, seq);
    const fresh = { round, cursor: seq - 1, stateJson: '{}', stateVersion: bot.stateVersion + 1, unattended: 0 };
    await tx.update(Attachment, { channelId, botId }, fresh);
    Object.assign(bot, fresh);
  }

  private say(tx: EntityManager, channelId: string, body: JsonObject) {
    return this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
  }
}
