import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { AccountActed } from '../auth/accounts/account.events.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
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
import { CHANNEL_BYTES, Storage } from './storage/storage.service.js';
import { visibleCount, visibleIds } from './visible-channels.js';

export interface NewChannel {
  readonly name: string;
  readonly visibility: Visibility;
  readonly mode: ChannelMode;
  /** No account may hold two player seats. */
  readonly distinctMembers: boolean;
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
    private readonly storage: Storage,
  ) {}

  async open(tx: EntityManager, asked: NewChannel, caller: Caller) {
    const { name: given, visibility, mode, distinctMembers, slots: specs, entropy } = asked;
    const held = await tx.countBy(Channel, { creatorId: caller.accountId, closedAt: IsNull() });
    mustHoldFewer(this.config.limits, 'channels', held + 1);
    await this.storage.assertMayKeep(tx, caller.accountId, CHANNEL_BYTES);
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
      distinctMembers,
      lastSeq: 0,
      lastTs: now,
      visibleCount: 0,
      retiredAt: null,
    });
    await tx.insert(Channel, channel);
    await this.storage.charge(tx, channel.id, caller.accountId, CHANNEL_BYTES);
    await this.events.announce(new AccountActed(caller.accountId), tx);
    const slots = specs.map(({ kind, label }, position) =>
      freeSlot(tx, channel.id, { kind, label: shownName(mode, label, defaultLabel(kind, position)) }, position),
    );
    await tx.insert(Slot, slots);
    const opening = {
      name,
      visibility,
      mode,
      ...(distinctMembers && { distinct_members: true as const }),
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
    return { seq, at, mode: channel.mode, creatorId: channel.creatorId };
  }

  /** Channels that the caller made or sits in, and public ones that are open; newest first. */
  async listFor(tx: EntityManager, caller: Caller, limit: number, offset: number) {
    const ids = await visibleIds(tx, caller, limit, offset);
    const channels = await tx.find(Channel, { where: { id: In(ids) }, order: { createdAt: 'DESC', id: 'ASC' } });
    const slots = await tx.find(Slot, { where: { channelId: In(ids) }, order: { position: 'ASC' } });
    const byChannel = new Map(channels.map(({ id }) => [id, [] as Slot[]]));
    for (const slot of slots) byChannel.get(slot.channelId)?.push(slot);
    const withSlots = channels.map((channel) => ({ channel, slots: byChannel.get(channel.id) ?? [] }));
    return { channels: withSlots, total: await visibleCount(tx, caller) };
  }

  /** The names of the newest of them. */
  async namesFor(tx: EntityManager, caller: Caller, limit: number): Promise<Pick<Channel, 'id' | 'name'>[]> {
    const ids = await visibleIds(tx, caller, limit, 0);
    return tx
      .createQueryBuilder(Channel, 'channel')
      .select(['channel.id AS id', 'channel.name AS name'])
      .where({ id: In(ids) })
      .orderBy('channel.createdAt', 'DESC')
      .addOrderBy('channel.id', 'ASC')
      .getRawMany();
  }

  /** The channel as it is shown, read within a write that may have changed it. */
  async withSlots(tx: EntityManager, channelId: string) {
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    return { channel, slots: await slotsOf(tx, channelId) };
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
