import { Injectable } from '@nestjs/common';
import { type EntityManager, In, LessThan } from 'typeorm';
import type { JsonObject } from '../../../../bot-sdk/contract.js';
import type { Entry } from '../../../messaging/entry.entity.js';
import { Events } from '../../../platform/events.js';
import { RoundVoided } from '../../attachments/round-voided.js';
import { Run } from '../run.entity.js';
import { Commitment, type CommitmentStanding } from './commitment.entity.js';
import { committedBy, openedBy } from './opening.js';

/** A run of a bot that makes or opens commitments, within the write that commits the run. */
export interface CommittingRun {
  readonly channelId: string;
  readonly botId: string;
  readonly run: number;
  /** The round that is open after the run. */
  readonly round: number;
  readonly event: Entry;
  readonly informed: boolean;
}

const STANDING: CommitmentStanding[] = ['open', 'contested'];

/**
 * The commitments of bots, and whether a reveal opens one (bot-sdk/README.md, "Commitments"). Each method makes a fixed
 * number of reads, for a log of any length.
 */
@Injectable()
export class Commitments {
  constructor(events: Events) {
    events.on(RoundVoided, (bot, tx) => this.lapse(tx, bot));
  }

  /**
   * Stores a public `bot:commit`. The same hash twice in a round is one commitment. A commitment whose fields contain
   * different hashes is contested from the start.
   */
  async add(
    tx: EntityManager,
    { channelId, botId, run, round, informed }: CommittingRun,
    seq: number,
    body: JsonObject,
  ) {
    const bond = committedBy(body);
    if (bond === undefined) return;
    const { hash, isClear } = bond;
    const bot = { channelId, botId };
    const its = { ...bot, hash, round, standing: In(STANDING) };
    if (!isClear) await tx.update(Commitment, its, { standing: 'contested' });
    if (await tx.existsBy(Commitment, its)) return;
    const standing = isClear ? 'open' : 'contested';
    await tx.insert(Commitment, { ...bot, seq, run, round, hash, informed, standing });
  }

  /**
   * Whether a reveal opens the only open commitment of its bot. The commitment must be from an earlier run and precede
   * in the log the entries for which it was made. A public reveal uses the commitment up.
   */
  async open(tx: EntityManager, run: CommittingRun, reveal: JsonObject, isPublic: boolean): Promise<boolean> {
    const hash = openedBy(reveal);
    if (hash === undefined) return false;
    const { channelId, botId } = run;
    const bot = { channelId, botId };
    const commitment = await tx.findOne(Commitment, {
      where: { ...bot, hash, standing: In(STANDING) },
      order: { seq: 'DESC' },
    });
    if (!commitment) return false;
    if (isPublic) await tx.update(Commitment, { ...bot, seq: commitment.seq }, { standing: 'opened' });
    return (
      commitment.standing === 'open' && commitment.run < run.run && (await this.isBefore(tx, commitment, run.event))
    );
  }

  /** After a run that has committed: commitments of earlier rounds lapse, and if several are open, all of them are contested. */
  async settle(tx: EntityManager, { channelId, botId, round }: CommittingRun) {
    const bot = { channelId, botId };
    const standing = In(STANDING);
    await tx.update(Commitment, { ...bot, standing, round: LessThan(round) }, { standing: 'lapsed' });
    const open = await tx.find(Commitment, { where: { ...bot, standing }, take: 2 });
    if (open.length > 1) await tx.update(Commitment, { ...bot, standing: 'open' }, { standing: 'contested' });
  }

  /** Commitments made in a void round can no longer be opened. */
  private async lapse(tx: EntityManager, { channelId, botId }: Pick<CommittingRun, 'channelId' | 'botId'>) {
    await tx.update(Commitment, { channelId, botId, standing: In(STANDING) }, { standing: 'lapsed' });
  }

  /**
   * Whether a commitment precedes in the log what it was made for. A run that knows only the log cannot know entries
   * after the one it answers; a run with network or secrets can.
   */
  private async isBefore(tx: EntityManager, { channelId, botId, run, seq, informed }: Commitment, answered: Entry) {
    if (answered.seq < seq) return false;
    if (!informed) return true;
    const next = await tx.findOneBy(Run, { channelId, botId, run: run + 1 });
    return !next || next.eventSeq > seq;
  }
}
