import { Injectable } from '@nestjs/common';
import { IsBoolean, IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../bot-sdk/contract.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { Describe } from '../kernel/schema.js';
import { Events } from '../platform/events.js';
import type { Standing } from './access.service.js';
import { slotsOf } from './access.service.js';
import { ChangeGuard, type Reach } from './change-guard.js';
import { Channel } from './channel.entity.js';
import { ChannelClosing, ChannelUpdated } from './channel.events.js';
import { type ChannelMode, mustBePlain, shownName, UNNAMED } from './channel-mode.js';
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
export type OpField = Exclude<keyof ChannelOp, 'type'>;
/** Where an op will be applied, and who asks for it. */
export interface OpPlace {
  readonly channelId: string;
  readonly caller: Caller;
}
export type PrepareOp = (op: ChannelOp, place?: OpPlace) => Promise<ApplyOp> | ApplyOp;
export interface OpOutcome {
  /** What everyone is told; by default the op as it was given. */
  readonly announced?: Record<string, unknown>;
  /** A code minted for a slot that is free now. */
  readonly invite?: { slot_id: string; invite_code: string };
}

/** What is known of an op before it is done. */
export interface OpTraits {
  /** Those that ops of this type use, besides `type`; another is refused. */
  readonly fields: readonly OpField[];
  /** What it changes for those who play (design "Play"). */
  readonly reach: Reach;
}

/** The changes that an admin can make to a channel. `bots` adds the ones that concern bots. */
@Injectable()
export class ChannelOps {
  private readonly ops = new Map<string, OpTraits & { readonly prepare: PrepareOp }>();

  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly invites: Invites,
    private readonly seats: Seats,
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
    // All that it does is what the rules of play do around it.
    this.add('void_round', { fields: [], reach: 'rounds' }, () => async () => ({}));
    this.addForSlot('set_admin', ['admin'], (tx, slot, op) => setAdmin(tx, slot, op.admin ?? true));
    this.addForSlot('kick', [], (tx, slot) => this.kick(tx, heldSlot(slot)));
    this.addForSlot('new_invite', [], (tx, slot) => this.newInvite(tx, slot));
    // An invite that nobody has used yet is no business of those who play.
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
    reach: Reach = 'seats',
  ) {
    this.add(
      type,
      { fields: ['slot_id', ...fields], reach },
      (op) =>
        (tx, { slots }) =>
          work(tx, slotOf(slots, op), op),
    );
  }

  /** Throws BAD_OP for a type nobody knows, and whatever the op refuses before anything is written. */
  async prepare(op: ChannelOp, place?: OpPlace): Promise<ApplyOp> {
    const { fields, reach, prepare } = this.known(op);
    const unused = unusedIn(op, fields);
    if (unused.length) return (_, { channel }) => refuseUnused(channel.mode, op, fields, unused);
    const apply = await prepare(op, place);
    const change = { op: op.type, reach, slotId: op.slot_id ?? op.from_slot };
    const guarded: ApplyOp = (tx, standing) =>
      this.guard.around(tx, standing, change, () => this.apply(tx, standing, op, apply));
    return apply.wouldRun ? Object.assign(guarded, { wouldRun: apply.wouldRun }) : guarded;
  }

  /** An op as everyone is shown it before it is done. Throws where it has a field that it does not use, or text where there is none. */
  async announcement(op: ChannelOp, mode: ChannelMode): Promise<JsonObject> {
    const { fields } = this.known(op);
    const unused = unusedIn(op, fields);
    if (unused.length) return refuseUnused(mode, op, fields, unused);
    if (op.to !== undefined) kindOf(op.to);
    const announced = announcedOf(op);
    mustBePlain(mode, announced, 'what an op names');
    return { ...announced, ...(op.name && { name: shownName(mode, op.name, UNNAMED) }) } as JsonObject;
  }

  private known(op: ChannelOp) {
    const known = this.ops.get(op.type);
    if (!known) throw new DomainError('BAD_OP', undefined, { allowed: [...this.ops.keys()] });
    return known;
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

  private async rename(tx: EntityManager, channel: Channel, given: string) {
    mustBePlain(channel.mode, given, 'name');
    const name = shownName(channel.mode, given, UNNAMED);
    await tx.update(Channel, { id: channel.id }, { name });
    return { announced: { name } };
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
    const kind = kindOf(to);
    if (slot.botId) throw new DomainError('INVALID_REQUEST', `remove the bot of ${slot.slotId} first`);
    await this.invites.revoke(tx, slot);
    if (slot.accountId) await this.seats.vacate(tx, slot, 'yielded');
    slot.kind = kind;
    slot.admin = kind === 'bot';
    await tx.save(slot);
    return kind === 'bot' ? {} : this.newInvite(tx, slot);
  }
}

/** A bot is announced by its attachment, and a secret never; everything else an op holds is short. */
const announcedOf = ({ bot_def: _, keys: __, ...op }: ChannelOp): Record<string, unknown> => op;

function unusedIn(op: ChannelOp, fields: readonly OpField[]): OpField[] {
  const { type: _, ...given } = op;
  // Both name the same slot.
  const isTwice = op.slot_id !== undefined && op.from_slot !== undefined;
  const used: readonly string[] = isTwice ? fields.filter((field) => field !== 'from_slot') : fields;
  return (Object.keys(given) as OpField[]).filter((field) => op[field] !== undefined && !used.includes(field));
}

/** What an op does not use would be announced for nothing. In a channel without text the text in it is what is wrong. */
async function refuseUnused(
  mode: ChannelMode,
  op: ChannelOp,
  fields: readonly OpField[],
  unused: OpField[],
): Promise<never> {
  mustBePlain(mode, announcedOf(op), 'what an op names');
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

/** The slot an op names. Ops of one batch see what the earlier ones did. */
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
  if (value === undefined || value === null) throw new DomainError('INVALID_REQUEST', `this op needs ${field}`);
  return value;
}
