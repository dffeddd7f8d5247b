import { Injectable } from '@nestjs/common';
import { type EntityManager, In, LessThan } from 'typeorm';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import type { Entry } from '../../messaging/entry.entity.js';
import { Run } from '../run.entity.js';
import { Commitment, type CommitmentStanding } from './commitment.entity.js';
import { committedBy, openedBy } from './opening.js';

/** A run of a bot that commits or opens, within the write that commits the run. */
export interface CommittingRun {
  readonly channelId: string;
  readonly botId: string;
  readonly run: number;
  /** The round that is open after it. */
  readonly round: number;
  readonly event: Entry;
  readonly informed: boolean;
}

const STANDING: CommitmentStanding[] = ['open', 'contested'];

/**
 * What bots have bound themselves to, and whether a reveal opens it (bot-sdk/README.md, "Commitments"). Each question costs a
 * fixed number of reads, however long the log is.
 */
@Injectable()
export class Commitments {
  /** Remembers a `bot:commit` that everyone can read. The same hash said twice in a round is one commitment. */
  async add(
    tx: EntityManager,
    { channelId, botId, run, round, informed }: CommittingRun,
    seq: number,
    body: JsonObject,
  ) {
    const hash = committedBy(body);
    if (hash === undefined) return;
    if (await tx.existsBy(Commitment, { channelId, botId, hash, round, standing: In(STANDING) })) return;
    await tx.insert(Commitment, { channelId, botId, seq, run, round, hash, informed, standing: 'open' });
  }

  /**
   * Whether a reveal opens the one commitment of its bot that is open, and that was made in an earlier run and before the
   * entries it binds. Where everyone can read the reveal, nothing is left to open of that commitment.
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

  /** The round is void: nothing that was committed to in it is opened any more. */
  async lapse(tx: EntityManager, { channelId, botId }: Pick<CommittingRun, 'channelId' | 'botId'>) {
    await tx.update(Commitment, { channelId, botId, standing: In(STANDING) }, { standing: 'lapsed' });
  }

  /** After a run that has committed: what it left open beside one another is contested, and earlier rounds are over. */
  async settle(tx: EntityManager, { channelId, botId, round }: CommittingRun) {
    const bot = { channelId, botId };
    const standing = In(STANDING);
    await tx.update(Commitment, { ...bot, standing, round: LessThan(round) }, { standing: 'lapsed' });
    const open = await tx.find(Commitment, { where: { ...bot, standing }, take: 2 });
    if (open.length > 1) await tx.update(Commitment, { ...bot, standing: 'open' }, { standing: 'contested' });
  }

  /**
   * Whether a commitment stood in the log before what it binds. A run that knows only the log cannot have known an entry
   * behind the one it answers; one that knows more can.
   */
  private async isBefore(tx: EntityManager, { channelId, botId, run, seq, informed }: Commitment, answered: Entry) {
    if (answered.seq < seq) return false;
    if (!informed) return true;
    const next = await tx.findOneBy(Run, { channelId, botId, run: run + 1 });
    return !next || next.eventSeq > seq;
  }
}
