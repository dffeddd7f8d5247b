import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Storage } from '../../channels/storage/storage.service.js';
import { Clock, isoTime } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { ChangeAgreement } from './change-agreement.entity.js';
import { ProposedChange } from './proposed-change.entity.js';

const MAX_OPEN = 4;

type Rounds = ProposedChange['rounds'];

/** A change as it is proposed, before it has an id and a status. */
export type NewProposal = Omit<ProposedChange, 'id' | 'status' | 'expiresAt' | 'shownRun'> & {
  readonly expiresS: number;
};

/** The proposed changes of a channel: which are open, for how long, and the maximum number. */
@Injectable()
export class OpenProposals {
  constructor(
    private readonly clock: Clock,
    private readonly storage: Storage,
  ) {}

  /**
   * Stores a proposal, charged to its proposer. Throws QUOTA_REACHED if the proposer has too many open ones: each
   * proposer has a separate limit, so that nobody can use up the limit of another.
   */
  async add(tx: EntityManager, { expiresS, ...proposal }: NewProposal): Promise<ProposedChange> {
    const { channelId, by, ops, rounds, proposer } = proposal;
    const now = this.clock.now();
    await this.expire(tx, channelId, rounds);
    if ((await tx.countBy(ProposedChange, { channelId, by, status: 'open' })) >= MAX_OPEN) {
      throw new DomainError('QUOTA_REACHED', `a member may have at most ${MAX_OPEN} open proposals in a channel`);
    }
    const bytes = Buffer.byteLength(JSON.stringify(ops));
    await this.storage.assertMayPost(tx, channelId, proposer.accountId, bytes);
    await this.storage.charge(tx, channelId, proposer.accountId, bytes);
    const its = { ...proposal, id: newId('chg'), status: 'open', expiresAt: now + expiresS * 1_000 } as const;
    const change = Object.assign(new ProposedChange(), its);
    await tx.insert(ProposedChange, change as object);
    return change;
  }

  /** Throws CHANGE_NOT_FOUND if nobody can agree to the change any more. `inPlay`: the rounds that are in play now. */
  assertOpen({ status, expiresAt, rounds }: ProposedChange, inPlay: Rounds) {
    if (status !== 'open' || !isInPlay(rounds, inPlay)) throw new DomainError('CHANGE_NOT_FOUND');
    if (expiresAt <= this.clock.now()) {
      throw new DomainError('CHANGE_NOT_FOUND', `the proposal expired at ${isoTime(expiresAt)}`);
    }
  }

  /** Deletes the proposals of a channel that is retired. */
  async forget(tx: EntityManager, channelId: string) {
    const changes = await tx.find(ProposedChange, { where: { channelId }, select: { id: true } });
    await tx.delete(ChangeAgreement, { changeId: In(changes.map(({ id }) => id)) });
    await tx.delete(ProposedChange, { channelId });
  }

  /** Marks the proposals that nobody can agree to any more. */
  private async expire(tx: EntityManager, channelId: string, inPlay: Rounds) {
    for (const { id, rounds, expiresAt } of await tx.findBy(ProposedChange, { channelId, status: 'open' })) {
      if (isInPlay(rounds, inPlay) && expiresAt > this.clock.now()) continue;
      await tx.update(ProposedChange, { id }, { status: 'expired' });
    }
  }
}

/** Whether one of the rounds for which a change was proposed is still in play. */
const isInPlay = (rounds: Rounds, inPlay: Rounds) =>
  rounds.some((one) => inPlay.some(({ botId, round }) => botId === one.botId && round === one.round));
