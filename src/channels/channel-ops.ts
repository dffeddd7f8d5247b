import { Injectable } from '@nestjs/common';
import { IsBoolean, IsObject, IsOptional, IsString, Length } from 'class-validator';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../bot-sdk/contract.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { Describe } from '../kernel/schema.js';
import { Events } from '../platform/events.js';
import { ChangeGuard, type ChangeScope } from './change-guard.js';
import { Channel } from './channel.entity.js';
import { ChannelClosing, ChannelUpdated } from './channel.events.js';
import type { ChannelStanding } from './channel-access.service.js';
import { slotsOf } from './channel-access.service.js';
import { assertPlain, type ChannelMode, channelName, shownChannelName } from './channel-mode.js';
import { Invites } from './invites.service.js';
import { ChannelName, SlotId } from './operation-fields.js';
import { SeatHolders } from './seat-holders.service.js';
import type { Slot, SlotKind } from './slot.entity.js';

export class ChannelOp {
  @Describe(
    'set_bot, remove_bot, set_env_redacted, yield_slot (or yield_control), set_admin, rename, kick, close, new_invite, revoke_invite, revoke_rejoin or void_round.',
  )
  @IsString()
  @Length(1, 40)
  type!: string;
  @IsOptional() @SlotId('The slot to change. Needed by all ops except rename, close and void_round.') slot_id?: string;
  @IsOptional() @SlotId('The same as slot_id, for yield_control.') from_slot?: string;
  @Describe('yield_slot: what the slot becomes: invite, observe or bot.')
  @IsOptional()
  @IsString()
  @Length(1, 8)
  to?: string;
  @Describe('set_admin: whether the member or bot in the slot may change the channel.')
  @IsOptional()
  @IsBoolean()
  admin?: boolean;
  @IsOptional() @ChannelName('rename: the new name of the channel.') name?: string;
  @Describe('set_bot: the bot, as in the bots of create_channel.') @IsOptional() @IsObject() bot_def?: object;
  @Describe('set_env_redacted: always refused, because secrets can only be given with set_bot.', {
    additionalProperties: { type: ['string', 'null'] },
  })
  @IsOptional()
  @IsObject()
  keys?: Record<string, string | null>;
}

/** Applies an op inside the write. The slow preparation runs before it, outside the write. */
export interface ApplyOp {
  (tx: EntityManager, standing: ChannelStanding): Promise<OpOutcome>;
  /** Hashes of the bot that the op would put into its slot. */
  readonly wouldRun?: JsonObject;
  /** Warnings about that bot, for the caller. */
  readonly warnings?: readonly string[];
}
export type OpField = Exclude<keyof ChannelOp, 'type'>;
/** The channel to which an op is applied, and the rights of its author. */
export interface OpPlace {
  readonly channelId: string;
  readonly caller: Caller;
}
export type PrepareOp = (op: ChannelOp, place?: OpPlace) => Promise<ApplyOp> | ApplyOp;
export interface OpOutcome {
  /** The op as members see it; by default exactly as it was sent. */
  readonly announced?: Record<string, unknown>;
  /** A new invite code for a slot that the op made free. */
  readonly invite?: { slot_id: string; invite_code: string };
}

/** Properties of an op type, known before it is applied. */
export interface OpTraits {
  /** The fields that ops of this type use, besides `type`; any other field is an error. */
  readonly fields: readonly OpField[];
  /** How it affects the players (docs/fair-play.md). */
  readonly reach: ChangeScope;
}

/** The changes that an admin can make to a channel. `bots` adds those about bots. */
@Injectable()
export class ChannelOps {
  private readonly ops = new Map<string, OpTraits & { readonly prepare: PrepareOp }>();

  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly invites: Invites,
    private readonly holders: SeatHolders,
    private readonly guard: ChangeGuard,
  ) {
    this.add(
      'rename',
      { fields: ['name'], reach: 'nothing' },
      (op) =>
        (tx, { channel }) =>
          this.rename(tx, channel, needed(op.name, 'name')),
    );
    this.add('close', { fields: [], reach: 'rounds' }, () => (tx, standing) => this.close(tx, standing));
    // The op itself does nothing: ending the round is done by the ChangeGuard.
    this.add('void_round', { fields: [], reach: 'rounds' }, () => async () => ({}));
    this.addForSlot('set_admin', ['admin'], (tx, slot, op) => setAdmin(tx, slot, op.admin ?? true));
    this.addForSlot('kick', [], (tx, slot) => this.kick(tx, heldSlot(slot)));
    this.addForSlot('new_invite', [], (tx, slot) => this.newInvite(tx, slot));
    // An unused invite does not affect the players.
    this.addForSlot('revoke_invite', [], (tx, slot) => this.revokeInvite(tx, slot), 'nothing');
    this.addForSlot('revoke_rejoin', [], (tx, slot) => revokeRejoin(tx, heldSlot(slot)));
    for (const type of ['yield_slot', 'yield_control']) {
      this.addForSlot(type, ['from_slot', 'to'], (tx, slot, op) => this.yieldSlot(tx, slot, op.to));
    }
  }

  add(type: string, traits: OpTraits, prepare: PrepareOp) {
    this.ops.set(type, { ...traits, prepare });
  }

  private addForSlot(
    type: string,
    fields: OpField[],
    work: (tx: EntityManager, slot: Slot, op: ChannelOp) => Promise<OpOutcome>,
    reach: ChangeScope = 'seats',
  ) {
    this.add(
      type,
      { fields: ['slot_id', ...fields], reach },
      (op) =>
        (tx, { slots }) =>
          work(tx, slotOf(slots, op), op),
    );
  }

  /** Validates an op before anything is written. Throws BAD_OP for an unknown type. */
  async prepare(op: ChannelOp, place?: OpPlace): Promise<ApplyOp> {
    const { fields, reach, prepare } = this.known(op);
    const unused = unusedIn(op, fields);
    if (unused.length) return (_, { channel }) => refuseUnused(channel.mode, op, fields, unused);
    const apply = await prepare(op, place);
    const change = { op: op.type, reach, slotId: op.slot_id ?? op.from_slot };
    const guarded: ApplyOp = (tx, standing) =>
      this.guard.around(tx, standing, change, () => this.apply(tx, standing, op, apply));
    const { wouldRun, warnings } = apply;
    return Object.assign(guarded, { ...(wouldRun && { wouldRun }), ...(warnings && { warnings }) });
  }

  /**
   * An op as members see it before it is applied. Throws if it has an unused field, or text in a mode that restricts
   * text.
   */
  async announcement(op: ChannelOp, mode: ChannelMode): Promise<JsonObject> {
    const { fields } = this.known(op);
    const unused = unusedIn(op, fields);
    if (unused.length) return refuseUnused(mode, op, fields, unused);
    if (op.to !== undefined) kindOf(op.to);
    const announced = announcedOf(op);
    assertPlain(mode, announced, 'what an op names');
    return { ...announced, ...(op.name && { name: shownChannelName(mode, op.name) }) } as JsonObject;
  }

  private known(op: ChannelOp) {
    const known = this.ops.get(op.type);
    if (!known) throw new DomainError('BAD_OP', undefined, { allowed: [...this.ops.keys()] });
    return known;
  }

  private async apply(tx: EntityManager, standing: ChannelStanding, op: ChannelOp, apply: ApplyOp): Promise<OpOutcome> {
    const outcome = await apply(tx, standing);
    const announced = outcome.announced ?? announcedOf(op);
    assertPlain(standing.channel.mode, announced, 'a name in an op');
    // A closed channel accepts no entries, and closing it has logged its own entry.
    if (op.type !== 'close') await this.announce(tx, standing, { ...announced, type: op.type });
    return outcome;
  }

  private announce(tx: EntityManager, { channel, by }: ChannelStanding, op: ChannelUpdated['op']) {
    return this.events.announce(new ChannelUpdated(channel.id, op, by), tx);
  }

  private async rename(tx: EntityManager, channel: Channel, given: string) {
    const name = channelName(channel.mode, given);
    await tx.update(Channel, { id: channel.id }, { name });
    return { announced: { name } };
  }

  private async kick(tx: EntityManager, slot: Slot) {
    await this.holders.vacate(tx, slot, 'kicked');
    return {};
  }

  private async close(tx: EntityManager, standing: ChannelStanding) {
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

  /** Empties a slot and changes its kind; a seat for people gets a new invite. */
  private async yieldSlot(tx: EntityManager, slot: Slot, to: string | undefined) {
    const kind = kindOf(to);
    if (slot.botId) throw new DomainError('INVALID_REQUEST', `remove the bot of ${slot.slotId} first`);
    await this.invites.revoke(tx, slot);
    if (slot.accountId) await this.holders.vacate(tx, slot, 'yielded');
    slot.kind = kind;
    slot.admin = kind === 'bot';
    await tx.save(slot);
    return kind === 'bot' ? {} : this.newInvite(tx, slot);
  }
}

/** A bot is announced by its attachment, and secrets never; all other fields are short. */
const announcedOf = ({ bot_def: _, keys: __, ...op }: ChannelOp): Record<string, unknown> => op;

function unusedIn(op: ChannelOp, fields: readonly OpField[]): OpField[] {
  const { type: _, ...given } = op;
  // Both fields name the same slot.
  const isTwice = op.slot_id !== undefined && op.from_slot !== undefined;
  const used: readonly string[] = isTwice ? fields.filter((field) => field !== 'from_slot') : fields;
  return (Object.keys(given) as OpField[]).filter((field) => op[field] !== undefined && !used.includes(field));
}

/**
 * Throws for fields that the op does not use, because they would be announced without any effect. In a mode that
 * restricts text, text in such a field is reported first.
 */
async function refuseUnused(
  mode: ChannelMode,
  op: ChannelOp,
  fields: readonly OpField[],
  unused: OpField[],
): Promise<never> {
  assertPlain(mode, announcedOf(op), 'a name in an op');
  const takes = fields.length ? `only ${fields.join(', ')}` : 'no other field';
  const issues = unused.map((field) => ({ field, message: `${op.type} does not use ${field}: it takes ${takes}` }));
  throw new DomainError('INVALID_REQUEST', issues.map(({ message }) => message).join('; '), { issues });
}

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

/** The slot that an op names. Each op of a batch sees the changes of those before it. */
export function slotOf(slots: Slot[], { slot_id, from_slot }: ChannelOp): Slot {
  const named = needed(slot_id ?? from_slot, 'slot_id');
  const slot = slots.find(({ slotId }) => slotId === named);
  if (!slot) throw new DomainError('SLOT_NOT_FOUND');
  return slot;
}

function kindOf(to: string | undefined): SlotKind {
  if (to === 'invite' || to === 'observe' || to === 'bot') return to;
  throw new DomainError('INVALID_REQUEST', 'to must be invite, observe or bot');
}

function heldSlot(slot: Slot): Slot {
  if (!slot.accountId) throw new DomainError('INVALID_REQUEST', `nobody sits in ${slot.slotId}`);
  return slot;
}

function needed<T>(value: T | undefined | null, field: string): T {
  if (value === undefined || value === null)
    throw new DomainError('INVALID_REQUEST', `this op needs the field ${field}`);
  return value;
}
