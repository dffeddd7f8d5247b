import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { seedCommit } from '../../bot-sdk/chance.js';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { ChannelLog } from '../messaging/log.service.js';
import { withoutVerdicts } from '../messaging/verdict-field.js';
import { Events } from '../platform/events.js';
import type { Attachment } from './attachment.entity.js';
import { Round } from './round.entity.js';

type Bot = Pick<Attachment, 'channelId' | 'botId'>;

/** A round of a bot has ended, with a result or void. Announced in the same write. */
export class RoundOver {
  constructor(
    readonly channelId: string,
    readonly botId: string,
  ) {}
}

/** The seeds of chance: each round's is committed to before anything is drawn from it, and revealed when it is over. */
@Injectable()
export class Rounds {
  constructor(
    private readonly log: ChannelLog,
    private readonly events: Events,
  ) {}

  /** Chooses the seed of a round and answers with its commitment, which must be logged in the same write. */
  async begin(tx: EntityManager, { channelId, botId }: Bot, round: number): Promise<string> {
    const seed = randomBytes(32);
    const commit = `sha256:${seedCommit(seed)}`;
    const row = { channelId, botId, round, seed: seed.toString('hex'), seedCommit: commit, revealedSeq: null };
    await tx.insert(Round, { ...row, touchedSeq: null, peekedBy: null });
    return commit;
  }

  async seed(tx: EntityManager, { channelId, botId }: Bot, round: number): Promise<Buffer> {
    const { seed } = await tx.findOneByOrFail(Round, { channelId, botId, round });
    return Buffer.from(seed, 'hex');
  }

  /** The round is over: the next seed is committed to first, then this one is revealed. */
  async finish(tx: EntityManager, bot: Attachment, round: number, result: JsonObject, causeSeq: number) {
    const end = { type: 'round:end', round, result: withoutVerdicts(result) };
    await this.say(tx, bot, end, causeSeq, bot.isQuoting());
    const seed_commit = await this.begin(tx, bot, round + 1);
    await this.say(tx, bot, { type: 'round:commit', round: round + 1, seed_commit }, causeSeq);
    await this.revealOpen(tx, bot, round, causeSeq);
    await this.events.announce(new RoundOver(bot.channelId, bot.botId), tx);
  }

  /** The bot has drawn, committed or been told something in private: from `seq` on its round can be in play. */
  async touch(tx: EntityManager, { channelId, botId }: Bot, round: number, seq: number) {
    await tx.update(Round, { channelId, botId, round, touchedSeq: IsNull() }, { touchedSeq: seq });
  }

  /** Somebody has read what the bot printed in this round. */
  async peek(tx: EntityManager, { channelId, botId }: Bot, round: number, accountId: string) {
    await tx.update(Round, { channelId, botId, round, peekedBy: IsNull() }, { peekedBy: accountId });
  }

  /** The same for the round that is open, where `botId` is a bot of the channel. */
  async touchOf(tx: EntityManager, channelId: string, botId: string, seq: number) {
    await tx.update(Round, { channelId, botId, revealedSeq: IsNull(), touchedSeq: IsNull() }, { touchedSeq: seq });
  }

  /** Reveals what is not revealed yet, up to a round; all of it where none is named. Nothing is drawn from it any more. */
  async revealOpen(tx: EntityManager, bot: Bot, upTo = Number.MAX_SAFE_INTEGER, causeSeq?: number) {
    const { channelId, botId } = bot;
    const open = await tx.find(Round, { where: { channelId, botId, revealedSeq: IsNull() }, order: { round: 'ASC' } });
    for (const row of open) {
      if (row.round > upTo) continue;
      const body = { type: 'round:reveal', round: row.round, seed: row.seed, seed_commit: row.seedCommit };
      const { seq } = await this.say(tx, bot, body, causeSeq);
      await tx.update(Round, { channelId, botId, round: row.round }, { revealedSeq: seq });
    }
  }

  /** The rounds whose seeds are revealed. */
  async over(tx: EntityManager, { channelId, botId }: Bot): Promise<Set<number>> {
    const rows = await tx.find(Round, {
      where: { channelId, botId, revealedSeq: Not(IsNull()) },
      select: { round: true },
    });
    return new Set(rows.map(({ round }) => round));
  }

  private say(tx: EntityManager, { channelId, botId }: Bot, body: JsonObject, causeSeq?: number, freeText = false) {
    const draft = { kind: 'system', from: 'system', freeText, body: { ...body, bot_id: botId } } as const;
    return this.log.append(tx, channelId, draft, causeSeq);
  }
}
