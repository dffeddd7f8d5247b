import { Injectable } from '@nestjs/common';
import { ChannelAccess, type ChannelStanding } from '../../channels/channel-access.service.js';
import { type ChannelOp, ChannelOps } from '../../channels/channel-ops.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { ChangeAgreement } from './change-agreement.entity.js';
import { ChangeLog } from './change-log.service.js';
import { type ChangeStanding, changeStandingOf } from './change-standing.js';
import { actorOf } from './fair-play.service.js';
import { OpenProposals } from './open-proposals.service.js';
import { Parties } from './parties.service.js';
import { assertProposable, assertSlotsExist, createsInvites, isAdminIn, wouldRunOf } from './proposed-ops.js';

export interface Proposal {
  readonly channelId: string;
  readonly ops: ChannelOp[];
  readonly expiresS: number;
  readonly seat?: string;
}

/**
 * Proposes changes to which every party of the rounds in play has to agree (docs/fair-play.md). A party agrees to
 * exactly the ops that were proposed and to exactly the code whose hash was shown. Not answering counts as no.
 */
@Injectable()
export class Proposals {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly ops: ChannelOps,
    private readonly parties: Parties,
    private readonly log: ChangeLog,
    private readonly openProposals: OpenProposals,
  ) {}

  /**
   * Proposes a change. If the proposer is a party, this counts as its consent. Throws NO_ROUND_IN_PLAY if nobody has to
   * agree.
   */
  async propose({ channelId, ops, expiresS, seat: named }: Proposal, caller: Caller): Promise<ChangeStanding> {
    assertProposable(ops);
    const wouldRun = wouldRunOf(await Promise.all(ops.map((op) => this.ops.prepare(op))));
    return this.database.write(async (tx) => {
      const standing = await this.access.standing(tx, channelId, caller, named);
      standing.channel.assertOpen();
      const parties = await this.parties.of(tx, channelId, caller.accountId);
      if (!parties.rounds.length) throw new DomainError('NO_ROUND_IN_PLAY');
      const seat = parties.seatOf(standing.seat);
      assertMayPropose(ops, standing, seat);
      assertSlotsExist(ops, standing);
      const { accountId, clientId, sessionId, name, scopes, role } = caller;
      const { mode } = standing.channel;
      const change = await this.openProposals.add(tx, {
        channelId,
        ops,
        expiresS,
        wouldRun,
        announced: await Promise.all(ops.map((op) => this.ops.announcement(op, mode))),
        rounds: parties.rounds,
        asked: parties.each((account, seat) => ({ accountId: account, seat })),
        proposer: { accountId, clientId, sessionId, name, scopes, role },
        by: seat ?? actorOf(standing),
        hashesOnly: mode !== 'open',
      });
      const seq = await this.log.proposed(tx, change, parties.seats());
      if (seat && !createsInvites(ops)) await tx.insert(ChangeAgreement, { changeId: change.id, accountId, seq });
      return changeStandingOf(tx, change);
    });
  }
}

/**
 * Asserts that the caller may propose: an admin of the channel any change, a party that is not an admin only the end of
 * a round. `seat`: the seat of a party.
 */
function assertMayPropose(ops: ChannelOp[], standing: ChannelStanding, seat: string | undefined) {
  if (!seat && !standing.isAdmin) throw new DomainError('NOT_PARTY');
  // Some ops need an admin in addition to the consent of the parties.
  if (!isAdminIn(standing, standing.caller.accountId) && ops.some(({ type }) => type !== 'void_round')) {
    throw new DomainError('NOT_ADMIN', 'a party that is not an admin of the channel can only propose void_round');
  }
  if (createsInvites(ops) && !seat)
    throw new DomainError('NOT_PARTY', 'new invites can only be proposed by a member who plays here');
}
