import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { Access, type Standing } from '../../channels/access.service.js';
import { type ApplyOp, type ChannelOp, ChannelOps, type OpOutcome } from '../../channels/channel-ops.js';
import { Channels } from '../../channels/channels.service.js';
import { Storage } from '../../channels/storage/storage.service.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock, isoTime } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { ChangeAgreement } from './change-agreement.entity.js';
import { ChangeLog } from './change-log.service.js';
import { actorOf } from './fair-play.service.js';
import { type AskedParties, Parties } from './parties.service.js';
import { ProposedChange } from './proposed-change.entity.js';

const MAX_OPEN = 4;
const MAX_OPS_BYTES = 262_144;

export interface Proposal {
  readonly channelId: string;
  readonly ops: ChannelOp[];
  readonly expiresS: number;
  readonly seat?: string;
}

export interface Answer {
  readonly channelId: string;
  readonly changeId: string;
  readonly seat?: string;
}

/** How a proposed change stands. */
export interface ChangeStanding {
  readonly change: ProposedChange;
  /** Each seat that is asked, and whether it has agreed. */
  readonly parties: readonly { seat: string; agreed: boolean }[];
  /** Codes for slots that the change has just freed: for its proposer, who agreed last. */
  readonly invites?: readonly NonNullable<OpOutcome['invite']>[];
}

/**
 * Changes that every party of the rounds in play is asked for (design "Play", 2). What is agreed to is the very ops that were
 * proposed and the very code that was hashed; silence is no.
 */
@Injectable()
export class Proposals {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly access: Access,
    private readonly channels: Channels,
    private readonly ops: ChannelOps,
    private readonly parties: Parties,
    private readonly log: ChangeLog,
    private readonly storage: Storage,
  ) {}

  /** A party's own proposal is its yes. Throws NO_ROUND_IN_PLAY where nobody has to be asked. */
  async propose({ channelId, ops, expiresS, seat: named }: Proposal, caller: Caller): Promise<ChangeStanding> {
    assertProposable(ops);
    const wouldRun = hashesOf(await this.prepare(ops));
    return this.database.write(async (tx) => {
      const standing = await this.access.standing(tx, channelId, caller, named);
      standing.channel.mustBeOpen();
      const asked = await this.parties.of(tx, channelId, caller.accountId);
      if (!asked.rounds.length) throw new DomainError('NO_ROUND_IN_PLAY');
      const seat = asked.seatOf(standing.seat);
      if (!seat && !standing.isAdmin) throw new DomainError('NOT_PARTY');
      // Agreeing is added to an admin's right and does not take its place. What every party may ask for is an end.
      if (!isAdminIn(standing, caller.accountId) && ops.some(({ type }) => type !== 'void_round')) {
        throw new DomainError('NOT_ADMIN', 'a party that is no admin of the channel proposes void_round');
      }
      if (mintsInvites(ops) && !seat)
        throw new DomainError('NOT_PARTY', 'who gets the invites plays here and agrees last');
      assertSlotsExist(ops, standing);
      const now = this.clock.now();
      const by = seat ?? actorOf(standing);
      await this.expire(tx, channelId, asked.rounds);
      // Of each proposer, so that nobody uses up what another needs.
      if ((await tx.countBy(ProposedChange, { channelId, by, status: 'open' })) >= MAX_OPEN) {
        throw new DomainError('QUOTA_REACHED', `at most ${MAX_OPEN} proposals of one proposer are open in a channel`);
      }
      const bytes = Buffer.byteLength(JSON.stringify(ops));
      await this.storage.assertMaySay(tx, channelId, caller.accountId, bytes);
      await this.storage.charge(tx, channelId, caller.accountId, bytes);
      const { accountId, clientId, sessionId, name, scopes, role } = caller;
      const change = Object.assign(new ProposedChange(), {
        id: newId('chg'),
        channelId,
        ops,
        announced: await Promise.all(ops.map((op) => this.ops.announcement(op, standing.channel.mode))),
        wouldRun,
        rounds: asked.rounds,
        asked: asked.each((account, seat) => ({ accountId: account, seat })),
        proposer: { accountId, clientId, sessionId, name, scopes, role },
        by,
        status: 'open' as const,
        hashesOnly: standing.channel.mode !== 'open',
        expiresAt: now + expiresS * 1_000,
      });
      await tx.insert(ProposedChange, change as object);
      const seq = await this.log.proposed(tx, change, asked.seats());
      if (seat && !mintsInvites(ops)) await tx.insert(ChangeAgreement, { changeId: change.id, accountId, seq });
      return this.standingOf(tx, change);
    });
  }

  /** The last yes does it, in the same write. Where it cannot be done, everyone is told, and nothing is changed. */
  async agree({ channelId, changeId, seat }: Answer, caller: Caller): Promise<ChangeStanding> {
    const { read } = this.database;
    const found = await read.findOneBy(ProposedChange, { id: changeId, channelId });
    const isAsked = found?.status === 'open' && found.asked.some(({ accountId }) => accountId === caller.accountId);
    const prepared = found && isAsked ? await settled(this.prepare(found.ops)) : [];
    try {
      return await this.database.write((tx) => this.agreeIn(tx, { channelId, changeId, seat }, caller, prepared));
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
      return this.database.write((tx) => this.fail(tx, error));
    }
  }

  /** Proposals that nobody can agree to any more. */
  private async expire(tx: EntityManager, channelId: string, now: ProposedChange['rounds']) {
    for (const change of await tx.findBy(ProposedChange, { channelId, status: 'open' })) {
      if (isAsked(change, now) && change.expiresAt > this.clock.now()) continue;
      await tx.update(ProposedChange, { id: change.id }, { status: 'expired' });
    }
  }

  /** The channel is gone. */
  async forget(tx: EntityManager, channelId: string) {
    const changes = await tx.find(ProposedChange, { where: { channelId }, select: { id: true } });
    await tx.delete(ChangeAgreement, { changeId: In(changes.map(({ id }) => id)) });
    await tx.delete(ProposedChange, { channelId });
  }

  private async agreeIn(
    tx: EntityManager,
    { channelId, changeId, seat: named }: Answer,
    caller: Caller,
    prepared: ApplyOp[] | DomainError,
  ): Promise<ChangeStanding> {
    const change = await tx.findOneBy(ProposedChange, { id: changeId, channelId });
    // Who has agreed already is told how it ended.
    if (change && (await tx.existsBy(ChangeAgreement, { changeId, accountId: caller.accountId }))) {
      return this.standingOf(tx, change);
    }
    const asked = await this.parties.of(tx, channelId, null);
    const seat = await this.parties.assertParty(tx, channelId, asked, caller, named);
    if (!change) throw new DomainError('CHANGE_NOT_FOUND');
    this.assertOpen(change, asked.rounds);
    await this.assertLast(tx, change, asked, caller);
    const { seq } = await this.log.agreed(tx, change, seat);
    await tx.insert(ChangeAgreement, { changeId, accountId: caller.accountId, seq });
    change.asked = asked.each((accountId, seat) => ({ accountId, seat }));
    await tx.update(ProposedChange, { id: changeId }, { asked: change.asked });
    const standing = await this.standingOf(tx, change);
    if (standing.parties.some(({ agreed }) => !agreed)) return standing;
    const invites = await this.carryOut(tx, change, prepared);
    return { ...standing, invites };
  }

  /** Who proposed something that mints invites is given them with the answer, so that yes is the last one. */
  private async assertLast(tx: EntityManager, change: ProposedChange, asked: AskedParties, { accountId }: Caller) {
    if (!mintsInvites(change.ops) || accountId !== change.proposer.accountId) return;
    const agreed = new Set((await tx.findBy(ChangeAgreement, { changeId: change.id })).map((each) => each.accountId));
    const isMissing = asked.each((other) => other !== accountId && !agreed.has(other)).includes(true);
    if (isMissing)
      throw new DomainError('INVALID_REQUEST', 'who proposed invites agrees last: the answer has the codes');
  }

  private async carryOut(tx: EntityManager, change: ProposedChange, prepared: ApplyOp[] | DomainError) {
    try {
      if (prepared instanceof DomainError) throw prepared;
      if (canonicalJson(hashesOf(prepared)) !== canonicalJson(change.wouldRun)) {
        throw new DomainError('BOT_INVALID', 'what would run is no longer what was proposed');
      }
      const invites: NonNullable<OpOutcome['invite']>[] = [];
      for (const apply of prepared) {
        const { invite } = await apply(tx, await this.agreedStanding(tx, change));
        if (invite) invites.push(invite);
      }
      change.status = 'done';
      await tx.update(ProposedChange, { id: change.id }, { status: 'done' });
      return invites;
    } catch (error) {
      if (error instanceof DomainError) throw new Undone(change, error);
      throw error;
    }
  }

  private async agreedStanding(tx: EntityManager, { channelId, proposer, id, ops }: ProposedChange): Promise<Standing> {
    const { channel, slots } = await this.channels.withSlots(tx, channelId);
    channel.mustBeOpen();
    const isEnd = ops.every(({ type }) => type === 'void_round');
    if (!isEnd && !isAdminIn({ channel, slots }, proposer.accountId)) throw new DomainError('NOT_ADMIN');
    const rights = { isCreator: false, isAdmin: true, isAgreed: true, by: id };
    return { caller: proposer, channel, slots, ownSeats: [], ...rights };
  }

  private async fail(tx: EntityManager, { change, failure }: Undone): Promise<ChangeStanding> {
    await tx.update(ProposedChange, { id: change.id }, { status: 'failed' });
    await this.log.failed(tx, change, failure.code);
    change.status = 'failed';
    return this.standingOf(tx, change);
  }

  private assertOpen({ status, expiresAt, rounds }: ProposedChange, now: ProposedChange['rounds']) {
    if (status !== 'open' || !isAsked({ rounds }, now)) throw new DomainError('CHANGE_NOT_FOUND');
    if (expiresAt <= this.clock.now()) {
      throw new DomainError('CHANGE_NOT_FOUND', `the proposal expired at ${isoTime(expiresAt)}`);
    }
  }

  private async standingOf(tx: EntityManager, change: ProposedChange): Promise<ChangeStanding> {
    const agreed = new Set((await tx.findBy(ChangeAgreement, { changeId: change.id })).map((each) => each.accountId));
    return { change, parties: change.asked.map(({ accountId, seat }) => ({ seat, agreed: agreed.has(accountId) })) };
  }

  private prepare(ops: ChannelOp[]): Promise<ApplyOp[]> {
    return Promise.all(ops.map((op) => this.ops.prepare(op)));
  }
}

/** Whether one of the rounds that a change was proposed in is still in play. */
const isAsked = ({ rounds }: Pick<ProposedChange, 'rounds'>, now: ProposedChange['rounds']) =>
  rounds.some((one) => now.some(({ botId, round }) => botId === one.botId && round === one.round));

const isAdminIn = ({ channel, slots }: Pick<Standing, 'channel' | 'slots'>, accountId: string) =>
  channel.creatorId === accountId || slots.some((slot) => slot.accountId === accountId && slot.admin);

const mintsInvites = (ops: ChannelOp[]) =>
  ops.some(({ type, to }) => type === 'new_invite' || (type.startsWith('yield_') && to !== 'bot'));

/** An op of an agreed change could not be done: the whole write is undone. */
class Undone extends Error {
  constructor(
    readonly change: ProposedChange,
    readonly failure: DomainError,
  ) {
    super(failure.message);
  }
}

/** What everyone agrees to everyone sees, so it holds no secret. */
function assertProposable(ops: ChannelOp[]) {
  const holdsSecret = ({ type, bot_def }: ChannelOp) =>
    type === 'set_env_redacted' || Object.keys(bot_def ?? {}).some((field) => field.startsWith('env'));
  if (ops.some(holdsSecret)) throw new DomainError('INVALID_REQUEST', 'a proposal holds no secrets');
  if (JSON.stringify(ops).length > MAX_OPS_BYTES) {
    throw new DomainError('BODY_TOO_LARGE', undefined, { limit: MAX_OPS_BYTES });
  }
}

function assertSlotsExist(ops: ChannelOp[], { slots }: Standing) {
  const named = ops.flatMap(({ slot_id, from_slot }) => slot_id ?? from_slot ?? []);
  if (named.some((name) => !slots.some(({ slotId }) => slotId === name))) throw new DomainError('SLOT_NOT_FOUND');
}

const hashesOf = (prepared: ApplyOp[]): JsonObject[] =>
  prepared.flatMap(({ wouldRun }) => (wouldRun ? [wouldRun] : []));

const settled = <T>(work: Promise<T>): Promise<T | DomainError> =>
  work.catch((error) => {
    if (error instanceof DomainError) return error;
    throw error;
  });
