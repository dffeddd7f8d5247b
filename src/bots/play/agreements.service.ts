import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { ChannelStanding } from '../../channels/channel-access.service.js';
import { type ApplyOp, ChannelOps, type OpOutcome } from '../../channels/channel-ops.js';
import { Channels } from '../../channels/channels.service.js';
import { onBehalfOf } from '../../kernel/admission.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { ChangeAgreement } from './change-agreement.entity.js';
import { ChangeLog } from './change-log.service.js';
import { agreedTo, type ChangeStanding, changeStandingOf } from './change-standing.js';
import { OpenProposals } from './open-proposals.service.js';
import { type AskedParties, Parties } from './parties.service.js';
import { ProposedChange } from './proposed-change.entity.js';
import { createsInvites, isAdminIn, wouldRunOf } from './proposed-ops.js';

export interface ProposalAnswer {
  readonly channelId: string;
  readonly changeId: string;
  readonly seat?: string;
}

/** Accepts the consent of parties to proposed changes. The last consent applies the change in the same write. */
@Injectable()
export class Agreements {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly ops: ChannelOps,
    private readonly parties: Parties,
    private readonly log: ChangeLog,
    private readonly openProposals: OpenProposals,
  ) {}

  /** If the change cannot be applied, nothing is changed, the channel is notified, and the answer says `failed`. */
  async agree(answer: ProposalAnswer, caller: Caller): Promise<ChangeStanding> {
    const prepared = await this.prepare(answer, caller);
    try {
      return await this.database.write((tx) => this.agreeIn(tx, answer, caller, prepared), answer.channelId);
    } catch (error) {
      if (!(error instanceof UndoneError)) throw error;
      return this.database.write((tx) => this.fail(tx, error), answer.channelId);
    }
  }

  /**
   * Reads and tries the code of the change before the write, with the limits of its proposer. Only for callers who have
   * to agree.
   */
  private async prepare({ channelId, changeId: id, seat }: ProposalAnswer, caller: Caller): Promise<Prepared> {
    const db = this.database.read;
    const { accountId } = caller;
    const change = await db.findOneBy(ProposedChange, { id, channelId });
    const isAsked = change?.status === 'open' && change.asked.some((party) => party.accountId === accountId);
    if (!isAsked || (await db.existsBy(ChangeAgreement, { changeId: id, accountId }))) return [];
    // What is prepared counts for the proposer, so a call that will be refused must not get this far.
    await this.parties.assertParty(db, channelId, await this.parties.of(db, channelId, null), caller, seat);
    const prepareOps = () => settled(Promise.all(change.ops.map((op) => this.ops.prepare(op))));
    return onBehalfOf(change.proposer.accountId, prepareOps);
  }

  private async agreeIn(
    tx: EntityManager,
    { channelId, changeId, seat: named }: ProposalAnswer,
    caller: Caller,
    prepared: Prepared,
  ): Promise<ChangeStanding> {
    const change = await tx.findOneBy(ProposedChange, { id: changeId, channelId });
    // A party that has agreed before gets the result of the change.
    if (change && (await tx.existsBy(ChangeAgreement, { changeId, accountId: caller.accountId }))) {
      return changeStandingOf(tx, change);
    }
    const parties = await this.parties.of(tx, channelId, null);
    const seat = await this.parties.assertParty(tx, channelId, parties, caller, named);
    if (!change) throw new DomainError('CHANGE_NOT_FOUND');
    this.openProposals.assertOpen(change, parties.rounds);
    await assertLast(tx, change, parties, caller);
    const { seq } = await this.log.agreed(tx, change, seat);
    await tx.insert(ChangeAgreement, { changeId, accountId: caller.accountId, seq });
    change.asked = parties.each((accountId, seat) => ({ accountId, seat }));
    await tx.update(ProposedChange, { id: changeId }, { asked: change.asked });
    const standing = await changeStandingOf(tx, change);
    if (standing.parties.some(({ agreed }) => !agreed)) return standing;
    const invites = await this.carryOut(tx, change, prepared);
    return { ...standing, invites };
  }

  private async carryOut(tx: EntityManager, change: ProposedChange, prepared: Prepared) {
    try {
      if (prepared instanceof DomainError) throw prepared;
      if (canonicalJson(wouldRunOf(prepared)) !== canonicalJson(change.wouldRun)) {
        throw new DomainError('BOT_INVALID', 'the code that would run has changed since it was proposed');
      }
      const invites: NonNullable<OpOutcome['invite']>[] = [];
      for (const apply of prepared) {
        const standing = await this.agreedStanding(tx, change);
        const { invite } = await onBehalfOf(change.proposer.accountId, () => apply(tx, standing));
        if (invite) invites.push(invite);
      }
      change.status = 'done';
      await tx.update(ProposedChange, { id: change.id }, { status: 'done' });
      return invites;
    } catch (error) {
      if (error instanceof DomainError) throw new UndoneError(change, error);
      throw error;
    }
  }

  /** The proposer's rights for the ops. Throws NOT_ADMIN if the proposer is no longer an admin of the channel. */
  private async agreedStanding(
    tx: EntityManager,
    { channelId, proposer, id, ops }: ProposedChange,
  ): Promise<ChannelStanding> {
    const { channel, slots } = await this.channels.withSlots(tx, channelId);
    channel.assertOpen();
    const isEnd = ops.every(({ type }) => type === 'void_round');
    if (!isEnd && !isAdminIn({ channel, slots }, proposer.accountId)) throw new DomainError('NOT_ADMIN');
    const rights = { isCreator: false, isAdmin: true, isAgreed: true, by: id };
    return { caller: proposer, channel, slots, ownSeats: [], ...rights };
  }

  private async fail(tx: EntityManager, { change, failure }: UndoneError): Promise<ChangeStanding> {
    await tx.update(ProposedChange, { id: change.id }, { status: 'failed' });
    await this.log.failed(tx, change, failure.code);
    change.status = 'failed';
    return changeStandingOf(tx, change);
  }
}

/** The ops of a change, ready to be applied, or why they cannot be. */
type Prepared = ApplyOp[] | DomainError;

/** An op of an agreed change could not be applied: the whole write is rolled back. */
class UndoneError extends Error {
  constructor(
    readonly change: ProposedChange,
    readonly failure: DomainError,
  ) {
    super(failure.message);
  }
}

/**
 * The answer to the last consent contains the invites, and only the proposer may get them: so the proposer agrees last.
 */
async function assertLast(tx: EntityManager, change: ProposedChange, asked: AskedParties, { accountId }: Caller) {
  if (!createsInvites(change.ops) || accountId !== change.proposer.accountId) return;
  const agreed = await agreedTo(tx, change);
  const isMissing = asked.each((other) => other !== accountId && !agreed.has(other)).includes(true);
  if (isMissing)
    throw new DomainError(
      'INVALID_REQUEST',
      'the proposer of new invites must agree last, because the answer contains the codes',
    );
}

const settled = <T>(work: Promise<T>): Promise<T | DomainError> =>
  work.catch((error) => {
    if (error instanceof DomainError) return error;
    throw error;
  });
