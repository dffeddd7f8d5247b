import { Injectable } from '@nestjs/common';
import { type EntityManager, In, MoreThan } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import { Access, type Standing } from '../../channels/access.service.js';
import { type ApplyOp, type ChannelOp, ChannelOps } from '../../channels/channel-ops.js';
import { Channels } from '../../channels/channels.service.js';
import { Storage } from '../../channels/storage/storage.service.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock, isoTime } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { Database } from '../../platform/database.js';
import { ChangeAgreement } from './change-agreement.entity.js';
import { ChangeLog } from './change-log.service.js';
import { Parties } from './parties.service.js';
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
      const standing = await this.access.outline(tx, channelId, caller, named);
      standing.channel.mustBeOpen();
      const asked = await this.parties.of(tx, channelId, caller.accountId);
      if (!asked.rounds.length) throw new DomainError('NO_ROUND_IN_PLAY');
      const seat = asked.seatOf(standing.ownSeats);
      if (!seat && !standing.isAdmin) throw new DomainError('NOT_PARTY');
      assertSlotsExist(ops, standing);
      const now = this.clock.now();
      const by = seat ?? 'creator';
      // Of each proposer, so that nobody uses up what another needs.
      const open = { channelId, by, status: 'open', expiresAt: MoreThan(now) } as const;
      if ((await tx.countBy(ProposedChange, open)) >= MAX_OPEN) {
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
        expiresAt: now + expiresS * 1_000,
      });
      await tx.insert(ProposedChange, change as object);
      const seq = await this.log.proposed(tx, change, asked.seats());
      if (seat) await tx.insert(ChangeAgreement, { changeId: change.id, accountId, seq });
      return this.standingOf(tx, change);
    });
  }

  /** The last yes does it, in the same write. Where it cannot be done, everyone is told, and nothing is changed. */
  async agree({ channelId, changeId, seat }: Answer, caller: Caller): Promise<ChangeStanding> {
    const found = await this.database.read.findOneBy(ProposedChange, { id: changeId, channelId });
    const prepared = found?.status === 'open' ? await settled(this.prepare(found.ops)) : [];
    try {
      return await this.database.write((tx) => this.agreeIn(tx, { channelId, changeId, seat }, caller, prepared));
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
      return this.database.write((tx) => this.fail(tx, error));
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
    const { seq } = await this.log.agreed(tx, change, seat);
    await tx.insert(ChangeAgreement, { changeId, accountId: caller.accountId, seq });
    change.asked = asked.each((accountId, seat) => ({ accountId, seat }));
    await tx.update(ProposedChange, { id: changeId }, { asked: change.asked });
    const standing = await this.standingOf(tx, change);
    if (standing.parties.some(({ agreed }) => !agreed)) return standing;
    await this.carryOut(tx, change, prepared);
    return standing;
  }

  private async carryOut(tx: EntityManager, change: ProposedChange, prepared: ApplyOp[] | DomainError) {
    try {
      if (prepared instanceof DomainError) throw prepared;
      if (canonicalJson(hashesOf(prepared)) !== canonicalJson(change.wouldRun)) {
        throw new DomainError('BOT_INVALID', 'what would run is no longer what was proposed');
      }
      for (const apply of prepared) await apply(tx, await this.agreedStanding(tx, change));
      change.status = 'done';
      await tx.update(ProposedChange, { id: change.id }, { status: 'done' });
    } catch (error) {
      if (error instanceof DomainError) throw new Undone(change, error);
      throw error;
    }
  }

  private async agreedStanding(tx: EntityManager, { channelId, proposer, id }: ProposedChange): Promise<Standing> {
    const { channel, slots } = await this.channels.withSlots(tx, channelId);
    channel.mustBeOpen();
    const rights = { isCreator: false, isAdmin: true, isAgreed: true, by: id };
    return { caller: proposer, channel, slots, ownSeats: [], ...rights };
  }

  private async fail(tx: EntityManager, { change, failure }: Undone): Promise<ChangeStanding> {
    await tx.update(ProposedChange, { id: change.id }, { status: 'failed' });
    await this.log.failed(tx, change, failure.code);
    return this.standingOf(tx, { ...change, status: 'failed' });
  }

  private assertOpen({ status, expiresAt, rounds }: ProposedChange, now: ProposedChange['rounds']) {
    const isAsked = rounds.some((one) => now.some(({ botId, round }) => botId === one.botId && round === one.round));
    if (status !== 'open' || !isAsked) throw new DomainError('CHANGE_NOT_FOUND');
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
