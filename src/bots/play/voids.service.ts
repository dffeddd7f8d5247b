import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Database } from '../../platform/database/database.js';
import { Events } from '../../platform/events.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { RoundVoided } from '../attachments/round-voided.js';
import { RoundOver, Rounds } from '../attachments/rounds.service.js';

/** Why a round ended without a result. `admin`: an admin of the channel changed the bot or the rules, outside a contest. */
export type VoidCause = 'admin' | 'agreed' | 'decision' | 'server';

export interface VoidReason {
  readonly cause: VoidCause;
  /** A seat, `creator`, a bot, or the change that every party agreed to. */
  readonly by?: string;
  readonly op?: string;
  readonly reason?: string;
}

/** Voids rounds, and restarts bots afterwards. */
@Injectable()
export class Voids {
  constructor(
    private readonly database: Database,
    private readonly log: ChannelLog,
    private readonly rounds: Rounds,
    private readonly metrics: Metrics,
    private readonly events: Events,
  ) {}

  /**
   * Ends a round so that nobody wins or loses it: its seed is revealed, and its receipts can be opened. Listeners to
   * RoundVoided end its timers and commitments, so that none of its hooks runs any more.
   */
  async void(tx: EntityManager, bot: Attachment, reason: VoidReason) {
    const { channelId, botId, round } = bot;
    await this.say(tx, channelId, { type: 'round:void', bot_id: botId, round, ...reason });
    await this.rounds.revealOpen(tx, bot);
    await this.events.announce(new RoundVoided(channelId, botId, round, reason.cause), tx);
    this.database.afterCommit(() => this.metrics.roundsVoided.inc({ cause: reason.cause }));
    await this.events.announce(new RoundOver(channelId, botId), tx);
  }

  /**
   * The bot forgets the void round and begins the next one. With `runsInit` the entry that begins it fires `on_init`.
   * Earlier entries no longer fire hooks.
   */
  async restart(tx: EntityManager, bot: Attachment, runsInit: boolean) {
    const { channelId, botId } = bot;
    const round = bot.round + 1;
    const seed_commit = await this.rounds.begin(tx, bot, round);
    const body = { type: 'round:commit', round, seed_commit, ...(runsInit && { restart: true }), bot_id: botId };
    const { seq } = await this.say(tx, channelId, body);
    // The new round is in play immediately, so that a second change before the first hook voids it as well.
    await this.rounds.touch(tx, bot, round, seq);
    const fresh = { round, cursor: seq - 1, stateJson: '{}', stateVersion: bot.stateVersion + 1, unattended: 0 };
    await tx.update(Attachment, { channelId, botId }, fresh);
    Object.assign(bot, fresh);
  }

  private say(tx: EntityManager, channelId: string, body: JsonObject) {
    return this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
  }
}
