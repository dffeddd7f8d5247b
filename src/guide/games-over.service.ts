import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Attachments } from '../bots/attachments/attachments.service.js';
import { History } from '../messaging/history.js';
import { Runners } from '../runtime/runners.js';
import type { BotFacts } from './next-step.js';

/** The types of posts with which a bot announces the end of a game, and its start or continuation. */
const ENDS = ['game_end', 'end'];
const BEGINS = ['game_start', 'bot:turn', 'prompt', 'betting'];
/** The type of post with which a bot asks all players for something, in any order. */
const ASKS = ['prompt', 'betting'];
/** The types of posts with which a bot answers a `player` instead of accepting a move. */
const ANSWERS = ['violation', 'help'];

/** Whether a bot has anything left to play, as far as public posts show. */
@Injectable()
export class GamesOver {
  constructor(
    private readonly attachments: Attachments,
    private readonly history: History,
    private readonly runners: Runners,
  ) {}

  async of(
    tx: EntityManager,
    channelId: string,
    botId: string,
  ): Promise<Pick<BotFacts, 'lacksEngine' | 'isOver' | 'preset'>> {
    const attachment = await this.attachments.find(tx, channelId, botId);
    const preset = attachment?.preset ?? null;
    const lacksEngine = preset === null && attachment?.language === 'python' && !this.runners.docker;
    return { preset, lacksEngine, isOver: await this.isOver(tx, channelId, `bot:${botId}`) };
  }

  /**
   * Whether the bot has asked all players for something, or refused or explained something to this seat, and the seat
   * has not posted since.
   */
  async asks(tx: EntityManager, channelId: string, botId: string, seat: string): Promise<boolean> {
    const bot = `bot:${botId}`;
    const question = await this.history.lastSaidToAll(tx, channelId, bot, ASKS);
    if (!question) return false;
    const answers = await Promise.all(ANSWERS.map((type) => this.history.lastSaid(tx, channelId, bot, type)));
    const own = answers.filter((answer) => answer?.body().player === seat).map((answer) => answer?.seq ?? 0);
    return !(await this.history.haveSpoken(tx, channelId, [seat], Math.max(question.seq, ...own)));
  }

  /** Uses only public posts: otherwise the next step of one member would reveal the content of private ones. */
  private async isOver(tx: EntityManager, channelId: string, bot: string): Promise<boolean> {
    const lastEnd = await this.history.lastSaidToAll(tx, channelId, bot, ENDS);
    const lastStart = lastEnd && (await this.history.lastSaidToAll(tx, channelId, bot, BEGINS));
    return lastEnd !== null && (lastStart?.seq ?? 0) < lastEnd.seq;
  }
}
