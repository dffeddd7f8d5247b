import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, LessThanOrEqual, Not } from 'typeorm';
import { seedCommit } from '../../../bot-sdk/chance.js';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { withoutVerdicts } from '../../messaging/verdict-field.js';
import { Events } from '../../platform/events.js';
import type { Attachment } from './attachment.entity.js';
import { BotReleased } from './bot-released.js';
import { Round } from './round.entity.js';
import { RoundFinished, RoundTouched } from './round-events.js';

type Bot = Pick<Attachment, 'channelId' | 'botId'>;

/** A round of a bot has ended, with a result or void. Announced in the same write. */
export class RoundOver {
  constructor(
    readonly channelId: string,
    readonly botId: string,
  ) {}
}

/** Rounds whose seeds are revealed. */
export class RevealedRounds {
  private readonly keys: ReadonlySet<string>;

  constructor(rounds: readonly Pick<Round, 'botId' | 'round'>[]) {
    this.keys = new Set(rounds.map(keyOf));
  }

  has(round: Pick<Round, 'botId' | 'round'>): boolean {
    return this.keys.has(keyOf(round));
  }
}

const keyOf = ({ botId, round }: Pick<Round, 'botId' | 'round'>) => `${botId} ${round}`;

/** The seeds of chance. The seed of a round is committed to before anything is drawn from it, and revealed when the round is over. */
@Injectable()
export class Rounds {
  constructor(
    private readonly log: ChannelLog,
    private readonly events: Events,
  ) {
    events.on(BotReleased, (bot, tx) => this.revealOpen(tx, bot));
  }

  /** Chooses the seed of a round and returns its commitment, which must be logged in the same write. */
  async begin(tx: EntityManager, { channelId, botId }: Bot, round: number): Promise<string> {
    const seed = randomBytes(32);
    const commit = `sha256:${seedCommit(seed)}`;
    const row = { channelId, botId, round, seed: seed.toString('hex'), seedCommit: commit, revealedSeq: null };
    await tx.insert(Round, { ...row, touchedSeq: null, peekedBy: null, peekedOp: null });
    return commit;
  }

  async seed(tx: EntityManager, { channelId, botId }: Bot, round: number): Promise<Buffer> {
    const { seed } = await tx.findOneByOrFail(Round, { channelId, botId, round });
    return Buffer.from(seed, 'hex');
  }

  /** Ends the round: first commits to the next seed, then reveals this one. */
  async finish(tx: EntityManager, bot: Attachment, round: number, result: JsonObject, causeSeq: number) {
    const end = { type: 'round:end', round, result: withoutVerdicts(result) };
    await this.say(tx, bot, end, causeSeq, bot.isQuoting());
    const seed_commit = await this.begin(tx, bot, round + 1);
    await this.say(tx, bot, { type: 'round:commit', round: round + 1, seed_commit }, causeSeq);
    await this.revealOpen(tx, bot, round, causeSeq);
    await this.events.announce(new RoundFinished(bot.channelId, bot.botId, round), tx);
    await this.events.announce(new RoundOver(bot.channelId, bot.botId), tx);
  }

  /**
   * Records that the bot has drawn, made a commitment or received or sent a private message: from `seq` on its round
   * can be in play.
   */
  async touch(tx: EntityManager, { channelId, botId }: Bot, round: number, seq: number) {
    const { affected } = await tx.update(Round, { channelId, botId, round, touchedSeq: IsNull() }, { touchedSeq: seq });
    if (affected) await this.events.announce(new RoundTouched(channelId, botId, round), tx);
  }

  /**
   * Records that the account has learned, through `op`, what is hidden in this round: it read what the bot printed, or
   * set its state.
   */
  async peek(tx: EntityManager, { channelId, botId }: Bot, round: number, accountId: string, op: string) {
    const where = { channelId, botId, round, peekedBy: IsNull() };
    await tx.update(Round, where, { peekedBy: accountId, peekedOp: op });
  }

  /** The same for the open round of a bot. Does nothing if the channel has no bot with this id. */
  async touchOf(tx: EntityManager, channelId: string, botId: string, seq: number) {
    for (const { round } of await openOnes(tx, { channelId, botId })) {
      await this.touch(tx, { channelId, botId }, round, seq);
    }
  }

  /** Reveals the open seeds of a bot, up to the round `upTo`. Nothing is drawn from them afterwards. */
  async revealOpen(tx: EntityManager, bot: Bot, upTo = Number.MAX_SAFE_INTEGER, causeSeq?: number) {
    const { channelId, botId } = bot;
    for (const row of await openOnes(tx, bot)) {
      if (row.round > upTo) continue;
      const body = { type: 'round:reveal', round: row.round, seed: row.seed, seed_commit: row.seedCommit };
      const { seq } = await this.say(tx, bot, body, causeSeq);
      await tx.update(Round, { channelId, botId, round: row.round }, { revealedSeq: seq });
    }
  }

  /** Whether one of its rounds has ended after an entry. */
  async hasEndedSince(tx: EntityManager, bot: Bot, seq: number): Promise<boolean> {
    return (await newest(tx, bot)).some(({ revealedSeq }) => revealedSeq !== null && revealedSeq > seq);
  }

  /** Which of these rounds are over: their seeds are revealed. */
  async over(tx: EntityManager, { channelId, botId }: Bot, rounds: readonly number[]): Promise<Set<number>> {
    const rows = await tx.find(Round, {
      where: { channelId, botId, round: In([...new Set(rounds)]), revealedSeq: Not(IsNull()) },
      select: { round: true },
    });
    return new Set(rows.map(({ round }) => round));
  }

  /** The rounds of all bots of a channel whose seeds an entry up to `upTo` has revealed. */
  async revealedBy(tx: EntityManager, channelId: string, upTo: number): Promise<RevealedRounds> {
    const rows = await tx.find(Round, {
      where: { channelId, revealedSeq: LessThanOrEqual(upTo) },
      select: { botId: true, round: true },
    });
    return new RevealedRounds(rows);
  }

  private say(tx: EntityManager, { channelId, botId }: Bot, body: JsonObject, causeSeq?: number, freeText = false) {
    const draft = { kind: 'system', from: 'system', freeText, body: { ...body, bot_id: botId } } as const;
    return this.log.append(tx, channelId, draft, causeSeq);
  }
}

/** The last two rounds, the older first. Only they can be open: a round begins just before the previous one is revealed. */
async function newest(tx: EntityManager, { channelId, botId }: Bot): Promise<Round[]> {
  return (await tx.find(Round, { where: { channelId, botId }, order: { round: 'DESC' }, take: 2 })).reverse();
}

const openOnes = async (tx: EntityManager, bot: Bot) =>
  (await newest(tx, bot)).filter(({ revealedSeq }) => revealedSeq === null);
