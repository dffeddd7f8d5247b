import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { ChannelRetired, ChannelRetiring } from '../channels/channel.events.js';
import { Database } from '../platform/database/database.js';
import { Events } from '../platform/events.js';
import { Attachment } from './attachments/attachment.entity.js';
import { Round } from './attachments/round.entity.js';
import { BotCode } from './code/bot-code.entity.js';
import { BotLog } from './execution/bot-log.entity.js';
import { BotState } from './execution/bot-state.entity.js';
import { BotTimer } from './execution/bot-timer.entity.js';
import { Commitment } from './execution/commitments/commitment.entity.js';
import { HookClaim } from './execution/hook-claim.entity.js';
import { NetworkExchanges } from './execution/network-exchanges.js';
import { PendingAnswer } from './execution/pending-answer.entity.js';
import { Run } from './execution/run.entity.js';
import { RunExchange } from './execution/run-exchange.entity.js';
import { OpenProposals } from './play/open-proposals.service.js';
import { BotEnv } from './secrets/bot-env.entity.js';

/** The number of rows that are read at a time. */
const PAGE = 100;

/**
 * Writes what a replay needs of a channel's bots to the file of the retired channel, and deletes everything that is
 * stored about them.
 */
@Injectable()
export class Retirement {
  constructor(
    private readonly database: Database,
    private readonly exchanges: NetworkExchanges,
    private readonly proposals: OpenProposals,
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
        HookClaim,
        Attachment,
      ]) {
        await tx.delete(table, { channelId });
      }
    });
  }

  private async *botsOf(channelId: string): AsyncGenerator<object> {
    const db = this.database.read;
    for (const bot of await db.find(Attachment, { where: { channelId }, order: { initSeq: 'ASC' } })) {
      const { botId, className, codeHash, bundleHash, manifestHash, engine, kitHash, executed, bundledJson } = bot;
      const code = await db.findOneBy(BotCode, { codeHash });
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
