import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager, In, IsNull } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { Config } from '../platform/config.js';
import { Events } from '../platform/events.js';
import { mustHoldFewer } from '../platform/limits/holding.js';
import { slotsOf } from './access.service.js';
import { Channel, type Visibility } from './channel.entity.js';
import { ChannelOpened } from './channel.events.js';
import { type ChannelMode, mustBePlain, mustBePlainEntropy, shownName, UNNAMED } from './channel-mode.js';
import { Invites } from './invites.service.js';
import { Slot } from './slot.entity.js';
import { defaultLabel, type SlotSpec } from './slot-spec.js';

export interface NewChannel {
  readonly name: string;
  readonly visibility: Visibility;
  readonly mode: ChannelMode;
  readonly slots: SlotSpec[];
  readonly entropy?: string;
}

export interface OpenedChannel {
  readonly channel: Channel;
  readonly slots: Slot[];
  /** One code per invite slot, in slot order. */
  readonly invites: string[];
  readonly observerInvites: string[];
}

/** Opening and finding channels, and the one place that gives out the next `seq` of a log. */
@Injectable()
export class Channels {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly events: Events,
    private readonly invites: Invites,
  ) {}

  async open(tx: EntityManager, { name: given, visibility, mode, slots: specs, entropy }: NewChannel, caller: Caller) {
    const held = await tx.countBy(Channel, { creatorId: caller.accountId, closedAt: IsNull() });
    mustHoldFewer(this.config.limits, 'channels', held + 1);
    mustBePlain(mode, given, 'name');
    const name = shownName(mode, given, UNNAMED);
    for (const { label } of specs) mustBePlain(mode, label, 'the label of a slot');
    mustBePlainEntropy(mode, entropy);
    const now = this.clock.now();
    const channel = tx.create(Channel, {
      id: newId('chn'),
      name,
      visibility,
      mode,
      creatorId: caller.accountId,
      createdAt: now,
      closedAt: null,
      distinctMembers: false,
      lastSeq: 0,
      lastTs: now,
      visibleCount: 0,
    });
    await tx.insert(Channel, channel);
    const slots = specs.map(({ kind, label }, position) =>
      freeSlot(tx, channel.id, { kind, label: shownName(mode, label, defaultLabel(kind, position)) }, position),
    );
    await tx.insert(Slot, slots);
    const opening = {
      name,
      visibility,
      mode,
      slots: slots.map(({ slotId, kind, label }) => ({ slot_id: slotId, kind, label })),
    };
    await this.events.announce(new ChannelOpened(channel.id, opening, entropy), tx);
    const codes = { invite: [] as string[], observe: [] as string[] };
    for (const slot of slots) if (slot.kind !== 'bot') codes[slot.kind].push(await this.invites.mint(tx, slot));
    return { channel, slots, invites: codes.invite, observerInvites: codes.observe } satisfies OpenedChannel;
  }

  /**
   * The next place in the channel's log and its time. Dense, and time never runs backwards within a channel. Must be
   * followed by the entry in the same write.
   */
  async claimSeq(tx: EntityManager, channelId: string, visible: boolean) {
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    const seq = channel.lastSeq + 1;
    const at = Math.max(channel.lastTs, this.clock.now());
    const visibleCount = channel.visibleCount + (visible ? 1 : 0);
    await tx.update(Channel, { id: channelId }, { lastSeq: seq, lastTs: at, visibleCount });
    return { seq, at, mode: channel.mode };
  }

  /** Channels that the caller made or sits in, and public ones that are open; newest first. */
  async listFor(tx: EntityManager, { accountId }: Caller, limit: number, offset: number) {
    const query = tx
      .createQueryBuilder(Channel, 'channel')
      .where(
        new Brackets((mine) =>
          mine
            .where('channel.creatorId = :accountId')
            .orWhere(`EXISTS ${seatOf(tx)}`)
            .orWhere("(channel.visibility = 'public' AND channel.closedAt IS NULL)"),
        ),
        { accountId },
      )
      .orderBy('channel.createdAt', 'DESC')
      .addOrderBy('channel.id', 'ASC');
    const [channels, total] = await query.take(limit).skip(offset).getManyAndCount();
    const slots = channels.length
      ? await tx.find(Slot, { where: { channelId: In(channels.map(({ id }) => id)) }, order: { position: 'ASC' } })
      : [];
    const withSlots = channels.map((channel) => ({
      channel,
      slots: slots.filter(({ channelId }) => channelId === channel.id),
    }));
    return { channels: withSlots, total };
  }

  /** The channel as it is shown, read within a write that may have changed it. */
  async withSlots(tx: EntityManager, channelId: string) {
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    return { channel, slots: await slotsOf(tx, channelId) };
  }

  /** From now on no account may hold two seats of players here. Refused while one does. */
  async requireDistinctMembers(tx: EntityManager, channelId: string) {
    const players = (await slotsOf(tx, channelId)).filter(({ role }) => role === 'player');
    const accounts = players.flatMap(({ accountId }) => accountId ?? []);
    if (new Set(accounts).size < accounts.length) throw new DomainError('DISTINCT_MEMBERS_REQUIRED');
    await tx.update(Channel, { id: channelId }, { distinctMembers: true });
  }

  /** No bot asks for it any more. */
  async allowSharedAccounts(tx: EntityManager, channelId: string) {
    await tx.update(Channel, { id: channelId }, { distinctMembers: false });
  }

  /** Puts a bot into a bot slot. */
  async seatBot(tx: EntityManager, slot: Slot, botId: string, name: string) {
    slot.seatBot(botId, name, this.clock.now());
    await tx.save(slot);
  }

  /** Makes a free slot one for a bot; its invites end. */
  async makeBotSlot(tx: EntityManager, slot: Slot) {
    await this.invites.revoke(tx, slot);
    slot.kind = 'bot';
    await this.freeBotSlot(tx, slot);
  }

  async freeBotSlot(tx: EntityManager, slot: Slot) {
    slot.vacate();
    await tx.save(slot);
  }
}

function freeSlot(tx: EntityManager, channelId: string, { kind, label }: SlotSpec, position: number): Slot {
  const slot = tx.create(Slot, { channelId, slotId: `s${position}`, position, kind, label });
  slot.vacate();
  slot.admin = kind === 'bot';
  return slot;
}

const seatOf = (tx: EntityManager) =>
  tx
    .createQueryBuilder(Slot, 'seat')
    .subQuery()
    .select('1')
    .from(Slot, 'seat')
    .where('seat.channelId = channel.id AND seat.accountId = :accountId')
    .getQuery();
