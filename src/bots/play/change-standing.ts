import type { EntityManager } from 'typeorm';
import type { OpOutcome } from '../../channels/channel-ops.js';
import { ChangeAgreement } from './change-agreement.entity.js';
import type { ProposedChange } from './proposed-change.entity.js';

/** The state of a proposed change. */
export interface ChangeStanding {
  readonly change: ProposedChange;
  /** Each seat that has to agree, and whether it has agreed. */
  readonly parties: readonly { seat: string; agreed: boolean }[];
  /** Invite codes for slots that the change has just freed. Only the proposer gets them, and therefore agrees last. */
  readonly invites?: readonly NonNullable<OpOutcome['invite']>[];
}

export async function changeStandingOf(tx: EntityManager, change: ProposedChange): Promise<ChangeStanding> {
  const agreed = await agreedTo(tx, change);
  return { change, parties: change.asked.map(({ accountId, seat }) => ({ seat, agreed: agreed.has(accountId) })) };
}

/** The accounts that have agreed to a change. */
export async function agreedTo(tx: EntityManager, { id: changeId }: ProposedChange): Promise<Set<string>> {
  return new Set((await tx.findBy(ChangeAgreement, { changeId })).map(({ accountId }) => accountId));
}
