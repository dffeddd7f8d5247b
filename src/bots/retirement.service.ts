import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { ChannelRetired, ChannelRetiring } from '../channels/channel.events.js';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import { BotState } from './bot-state.entity.js';
import { BotTimer } from './bot-timer.entity.js';
import { Commitment } from './commitments/commitment.entity.js';
import { BotLog } from './debugging/bot-log.entity.js';
import { Exchanges } from './exchanges.js';
import { PendingAnswer } from './play/pending-answer.entity.js';
import { Proposals } from './play/proposals.service.js';
import { Round } from './round.entity.js';
import { Run } from './run.entity.js';
import { RunExchange } from './run-exchange.entity.js';
import { BotEnv } from './secrets/bot-env.entity.js';

/** Rows that are read at a time. */
const PAGE = 100;

/** What is kept of bots in a channel goes into the file of the retired channel, as far as a replay needs it, and is deleted. */
@Injectable()
export class Retirement {
  constructor(
    private readonly database: Database,
    private readonly exchanges: Exchanges,
    private readonly proposals: Proposals,
    events: Events,
  ) {
    events.on(ChannelRetiring, async ({ channelId, lines }) => {
      lines.push(this.botsOf(channelId), this.statesOf(channelId));
    });
    events.on(ChannelRetired, async ({ channelId }, tx) => {
      await this.proposals.forget(tx, channelId);
      for (const table of [
        Commitment,
        PendingAnswer,
        RunExchange,
        Run,
        Round,
        BotState,
        BotLog,
        BotTimer,
        BotEnv,
        Attachment,
      ]) {
        await tx.delete(table, { channelId });
      }
    });
  }

  private async *botsOf(channelId: string): AsyncGenerator<object> {
    const tx = this.database.read;
    for (const bot of await tx.find(Attachment, { where: { channelId }, order: { initSeq: 'ASC' } })) {
      const { botId, className, codeHash, bundleHash, manifestHash, engine, kitHash, executed, bundledJson } = bot;
      const code = await tx.findOneBy(BotCode, { codeHash });
      yield {
        type: 'bot',
        bot_id: botId,
        class_name: className,
        ...{ code_hash: codeHash, bundle_hash: bundleHash, manifest_hash: manifestHash },
        ...{ runtime: engine, kit_hash: kitHash, language: bot.language, source: code?.source },
        ...{ executed, bundled: JSON.parse(bundledJson), manifest: bot.manifest(), params: bot.params() },
      };
      yield* this.runsOf(channelId, botId);
    }
  }

  private async *runsOf(channelId: string, botId: string): AsyncGenerator<object> {
    for (let after = 0, isMore = true; isMore; ) {
      const page = await this.database.read.find(Run, {
        where: { channelId, botId, run: MoreThan(after) },
        order: { run: 'ASC' },
        take: PAGE,
      });
      for (const { run, round, hook, eventSeq, receiptSeq, outcome, ms, outputs, sealed } of page) {
        const exchanges = await this.exchanges.of(this.database.read, channelId, botId, run);
        const at = { round, hook, event_seq: eventSeq, receipt_seq: receiptSeq };
        yield { type: 'run', bot_id: botId, run, ...at, outcome, ms, outputs, sealed, exchanges };
      }
      after = page.at(-1)?.run ?? after;
      isMore = page.length === PAGE;
    }
  }

  private async *statesOf(channelId: string): AsyncGenerator<object> {
    for (let after = '', isMore = true; isMore; ) {
      const page = await this.database.read.find(BotState, {
        where: { channelId, hash: MoreThan(after) },
        order: { hash: 'ASC' },
        take: PAGE,
      });
      for (const { hash, json } of page) yield { type: 'state', hash, state: JSON.parse(json) };
      after = page.at(-1)?.hash ?? after;
      isMore = page.length === PAGE;
    }
  }
}
