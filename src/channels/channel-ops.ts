import { Injectable } from '@nestjs/common';
import { IsBoolean, IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { Describe } from '../kernel/schema.js';
import { Events } from '../platform/events.js';
import type { Standing } from './access.service.js';
import { slotsOf } from './access.service.js';
import { ChangeGuard, type Reach } from './change-guard.js';
import { Channel } from './channel.entity.js';
import { ChannelClosing, ChannelUpdated } from './channel.events.js';
import { mustBePlain } from './channel-mode.js';
import { Invites } from './invites.service.js';
import { Seats } from './seats.service.js';
import type { Slot, SlotKind } from './slot.entity.js';

export class ChannelOp {
  @Describe(
    'set_bot, remove_bot, set_env_redacted, yield_slot (or yield_control), set_admin, rename, kick, close, new_invite, revoke_invite, revoke_rejoin or void_round.',
  )
  @IsString()
  @Length(1, 40)
  type!: string;
  @Describe('The slot it is about; all but rename, close and void_round need it.')
  @IsOptional()
  @IsString()
  @Length(1, 8)
  slot_id?: string;
  @Describe('The same as slot_id, for yield_control.') @IsOptional() @IsString() @Length(1, 8) from_slot?: string;
  @Describe('yield_slot: what the slot becomes: invite, observe or bot.')
  @IsOptional()
  @IsString()
  @Length(1, 8)
  to?: string;
  @Describe('set_admin: whether who sits there may change the channel.') @IsOptional() @IsBoolean() admin?: boolean;
  @Describe('rename: the new name of the channel.')
  @IsOptional()
  @IsString()
  @Length(1, 80)
  @Matches(/^[^\p{Cc}\p{Cf}]*$/u, { message: 'name must not hold control or invisible characters' })
  name?: string;
  @Describe('set_bot: the bot, as in the bots of create_channel.') @IsOptional() @IsObject() bot_def?: object;
  @Describe(
    'set_env_redacted: secrets of the bot in the slot, by name. They are given with set_bot; this op says what is wrong and changes nothing.',
    {
      additionalProperties: { type: ['string', 'null'] },
    },
  )
  @IsOptional()
  @IsObject()
  keys?: Record<string, string | null>;
}

/** An op looks first, outside the write, at what is slow to look at; then it is applied within it. */
export interface ApplyOp {
  (tx: EntityManager, standing: Standing): Promise<OpOutcome>;
  /** Hashes of the bot that it would put into its slot. */
  readonly wouldRun?: JsonObject;
}
export type PrepareOp = (op: ChannelOp) => Promise<ApplyOp> | ApplyOp;
interface KnownOp {
  readonly reach: Reach;
  readonly prepare: PrepareOp;
}
export interface OpOutcome {
  /** What everyone is told; by default the op as it was given. */
  readonly announced?: Record<string, unknown>;
  /** A code minted for a slot that is free now. */
  readonly invite?: { slot_id: string; invite_code: string };
}

/** A name and an invite that nobody has used are no business of those who play; everything else is. */
const REACHES: Record<string, Reach> = {
  rename: 'nothing',
  revoke_invite: 'nothing',
  close: 'rounds',
  void_round: 'rounds',
};

/** The changes that an admin can make to a channel. `bots` adds the ones that concern bots. */
@Injectable()
export class ChannelOps {
  private readonly ops = new Map<string, KnownOp>();

  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly invites: Invites,
    private readonly seats: Seats,
    private readonly guard: ChangeGuard,
  ) {
    const own: Record<string, PrepareOp> = {
      rename:
        (op) =>
        (tx, { channel }) =>
          this.rename(tx, channel, needed(op.name, 'name')),
      set_admin:
        (op) =>
        (tx, { slots }) =>
          setAdmin(tx, slotOf(slots, op), op.admin ?? true),
      kick:
        (op) =>
        (tx, { slots }) =>
          this.kick(tx, memberOf(slots, op)),
      close: () => (tx, standing) => this.close(tx, standing),
      // All that it does is what the rules of play do around it.
      void_round: () => async () => ({}),
      new_invite:
        (op) =>
        (tx, { slots }) =>
          this.newInvite(tx, slotOf(slots, op)),
      revoke_invite:
        (op) =>
        (tx, { slots }) =>
          this.revokeInvite(tx, slotOf(slots, op)),
      revoke_rejoin:
        (op) =>
        (tx, { slots }) =>
          revokeRejoin(tx, memberOf(slots, op)),
      yield_slot:
        (op) =>
        (tx, { slots }) =>
          this.yieldSlot(tx, slotOf(slots, op), op.to),
      yield_control:
        (op) =>
        (tx, { slots }) =>
          this.yieldSlot(tx, slotOf(slots, op), op.to),
    };
    for (const [type, prepare] of Object.entries(own)) this.add(type, REACHES[type] ?? 'seats', prepare);
  }

  /** `reach`: what the op changes for those who play (design "Play"). */
  add(type: string, reach: Reach, prepare: PrepareOp) {
    this.ops.set(type, { reach, prepare });
  }

  /** Throws BAD_OP for a type nobody knows, and whatever the op refuses before anything is written. */
  async prepare(op: ChannelOp): Promise<ApplyOp> {
    const known = this.ops.get(op.type);
    if (!known) throw new DomainError('BAD_OP', undefined, { allowed: [...this.ops.keys()] });
    const apply = await known.prepare(op);
    const change = { op: op.type, reach: known.reach, slotId: op.slot_id ?? op.from_slot };
    const guarded: ApplyOp = (tx, standing) =>
      this.guard.around(tx, standing, change, () => this.apply(tx, standing, op, apply));
    return apply.wouldRun ? Object.assign(guarded, { wouldRun: apply.wouldRun }) : guarded;
  }

  private async apply(tx: EntityManager, standing: Standing, op: ChannelOp, apply: ApplyOp): Promise<OpOutcome> {
    const outcome = await apply(tx, standing);
    const announced = outcome.announced ?? announcedOf(op);
    mustBePlain(standing.channel.mode, announced, 'what an op names');
    // A closed channel takes no further entry: closing has announced itself.
    if (op.type !== 'close') await this.announce(tx, standing, { ...announced, type: op.type });
    return outcome;
  }

  private announce(tx: EntityManager, { channel, by }: Standing, op: ChannelUpdated['op']) {
    return this.events.announce(new ChannelUpdated(channel.id, op, by), tx);
  }

  private async rename(tx: EntityManager, channel: Channel, name: string) {
    await tx.update(Channel, { id: channel.id }, { name });
    return {};
  }

  private async kick(tx: EntityManager, slot: Slot) {
    await this.seats.vacate(tx, slot, 'kicked');
    return {};
  }

  private async close(tx: EntityManager, standing: Standing) {
    const { id } = standing.channel;
    await this.announce(tx, standing, { type: 'close' });
    for (const slot of await slotsOf(tx, id)) await this.invites.revoke(tx, slot);
    await this.events.announce(new ChannelClosing(id), tx);
    await tx.update(Channel, { id }, { closedAt: this.clock.now() });
    return {};
  }

  private async newInvite(tx: EntityManager, slot: Slot) {
    return { invite: { slot_id: slot.slotId, invite_code: await this.invites.mint(tx, slot) } };
  }

  private async revokeInvite(tx: EntityManager, slot: Slot) {
    await this.invites.revoke(tx, slot);
    return {};
  }

  /** Empties a slot and makes it another kind; a seat for people comes with a new invite. */
  private async yieldSlot(tx: EntityManager, slot: Slot, to: string | undefined) {
    if (to !== 'invite' && to !== 'observe' && to !== 'bot') {
      throw new DomainError('INVALID_REQUEST', 'to must be invite, observe or bot');
    }
    if (slot.botId) throw new DomainError('INVALID_REQUEST', `remove the bot of ${slot.slotId} first`);
    await this.invites.revoke(tx, slot);
    if (slot.accountId) await this.seats.vacate(tx, slot, 'yielded');
    slot.kind = to satisfies SlotKind;
    slot.admin = to === 'bot';
    await tx.save(slot);
    return to === 'bot' ? {} : this.newInvite(tx, slot);
  }
}

/** A bot is announced by its attachment, and a secret never; everything else an op holds is short. */
export const announcedOf = ({ bot_def: _, keys: __, ...op }: ChannelOp): Record<string, unknown> => op;

async function setAdmin(tx: EntityManager, slot: Slot, admin: boolean) {
  if (slot.kind === 'observe' && admin) throw new DomainError('INVALID_REQUEST', 'an observer cannot be admin');
  slot.admin = admin;
  await tx.save(slot);
  return {};
}

async function revokeRejoin(tx: EntityManager, slot: Slot) {
  slot.rejoinHash = null;
  await tx.save(slot);
  return {};
}

/** The slot an op names. Ops of one batch see what the earlier ones did. */
export function slotOf(slots: Slot[], { slot_id, from_slot }: ChannelOp): Slot {
  const named = needed(slot_id ?? from_slot, 'slot_id');
  const slot = slots.find(({ slotId }) => slotId === named);
  if (!slot) throw new DomainError('SLOT_NOT_FOUND');
  return slot;
}

function memberOf(slots: Slot[], op: ChannelOp): Slot {
  const slot = slotOf(slots, op);
  if (!slot.accountId) throw new DomainError('INVALID_REQUEST', `nobody sits in ${slot.slotId}`);
  return slot;
}

function needed<T>(value: T | undefined | null, field: string): T {
  if (value === undefined || value === null) throw new DomainError('INVALID_REQUEST', `this op needs ${field}`);
  return value;
}
