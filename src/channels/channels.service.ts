import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { AccountActed } from '../identity/accounts/account.events.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { Config } from '../platform/config/config.js';
import { Events } from '../platform/events.js';
import { CAPS } from '../platform/limits/caps.js';
import { assertHoldsFewer } from '../platform/limits/holding.js';
import { Channel, type Visibility } from './channel.entity.js';
import { ChannelOpened } from './channel.events.js';
import { slotsOf } from './channel-access.service.js';
import { assertPlain, assertPlainEntropy, type ChannelMode, channelName, shownName } from './channel-mode.js';
import { CLAIM_SEQ } from './channel-statements.js';
import { Invites } from './invites.service.js';
import { Slot } from './slot.entity.js';
import { defaultLabel, type SlotSpec } from './slot-spec.js';
import { CHANNEL_BYTES, Storage } from './storage/storage.service.js';
import { visibleCount, visibleIds } from './visible-channels.js';

export interface NewChannel {
  readonly name: string;
  readonly visibility: Visibility;
  readonly mode: ChannelMode;
  /** An account may hold only one player seat. */
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

export interface ChannelWithSlots {
  readonly channel: Channel;
  readonly slots: Slot[];
}

/** The size of a channel in an answer, in bytes. */
export type BytesOf = (found: ChannelWithSlots) => number;

/** Creates and finds channels, and assigns the next `seq` of a log. */
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
    const channelCount = await tx.countBy(Channel, { creatorId: caller.accountId, closedAt: IsNull() });
    assertHoldsFewer(this.config.limits, 'channels', channelCount + 1);
    await this.storage.assertMayKeep(tx, caller.accountId, CHANNEL_BYTES);
    const name = channelName(mode, given);
    for (const { label } of specs) assertPlain(mode, label, 'the label of a slot');
    assertPlainEntropy(mode, entropy);
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
   * Assigns the next `seq` and its time. Numbers have no gaps and times never decrease. The entry must be added in the
   * same write.
   */
  async claimSeq(tx: EntityManager, channelId: string, visible: boolean) {
    const claim = { id: channelId, now: this.clock.now(), visible: visible ? 1 : 0 };
    const [claimed] = await CLAIM_SEQ.run(tx, claim);
    if (!claimed) throw new Error('a channel without a row has no log');
    const { last_seq: seq, last_ts, mode, creator_id: creatorId } = claimed;
    return { seq, at: Number(last_ts), mode, creatorId };
  }

  /** The open channels of the creator of this channel, including it. */
  async openOfItsCreator(tx: EntityManager, channelId: string): Promise<string[]> {
    const { creatorId } = await tx.findOneByOrFail(Channel, { id: channelId });
    const open = await tx.find(Channel, { where: { creatorId, closedAt: IsNull() }, select: { id: true } });
    return open.map(({ id }) => id);
  }

  /**
   * Channels that the caller created or is a member of, and open public ones; newest first. Stops after the channel
   * that exceeds the page size by `bytesOf`, so that no further slots are read.
   */
  async listFor(tx: EntityManager, caller: Caller, limit: number, offset: number, bytesOf: BytesOf = () => 0) {
    const ids = await visibleIds(tx, caller, limit, offset);
    const channels = await tx.find(Channel, { where: { id: In(ids) }, order: { createdAt: 'DESC', id: 'ASC' } });
    const page: ChannelWithSlots[] = [];
    for (let bytes = 0; page.length < channels.length && bytes <= CAPS.page_bytes.most; ) {
      const portion = channels.slice(page.length, page.length + portionAfter(page.length, bytes));
      for (const found of await withSlotsOf(tx, portion)) {
        bytes += bytesOf(found);
        page.push(found);
      }
    }
    return { channels: page, total: await visibleCount(tx, caller) };
  }

  /** The ids and names of the newest of these channels. */
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

  /** The channel as displayed, read inside a write that may have changed it. */
  async withSlots(tx: EntityManager, channelId: string) {
    const channel = await tx.findOneByOrFail(Channel, { id: channelId });
    return { channel, slots: await slotsOf(tx, channelId) };
  }

  /** Puts a bot into a bot slot. */
  async seatBot(tx: EntityManager, slot: Slot, botId: string, name: string) {
    slot.seatBot(botId, name, this.clock.now());
    await tx.save(slot);
  }

  /** Turns a free slot into a bot slot; its invites become invalid. */
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

/** How many channels are read before their size is known. */
const FIRST_PORTION = 8;

/** How many more channels may fit into the page, by the average size so far. */
function portionAfter(count: number, bytes: number): number {
  if (count === 0) return FIRST_PORTION;
  return 1 + Math.floor((CAPS.page_bytes.most - bytes) / Math.max(1, bytes / count));
}

async function withSlotsOf(tx: EntityManager, channels: Channel[]): Promise<ChannelWithSlots[]> {
  const byChannel = new Map(channels.map(({ id }) => [id, [] as Slot[]]));
  const where = { channelId: In([...byChannel.keys()]) };
  for (const slot of await tx.find(Slot, { where, order: { position: 'ASC' } })) {
    byChannel.get(slot.channelId)?.push(slot);
  }
  return channels.map((channel) => ({ channel, slots: byChannel.get(channel.id) ?? [] }));
}
