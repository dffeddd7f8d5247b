import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsString, ValidateNested } from 'class-validator';
import type { Caller } from '../kernel/caller.js';
import { printable } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from '../platform/database/database.js';
import { CAPS } from '../platform/limits/caps.js';
import { ChannelView, channelView } from './channel.view.js';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelOp, ChannelOps, type OpOutcome } from './channel-ops.js';
import { Channels } from './channels.service.js';
import { LogSeal } from './log-seal.js';
import { ChannelId, SeatField, SeatToPassField } from './operation-fields.js';
import { seatToPass } from './own-seats.js';
import type { Slot } from './slot.entity.js';
import { Storage } from './storage/storage.service.js';

/** The maximum announced size of an op: its names only. Code is counted where it is attached. */
const MAX_ANNOUNCED_BYTES = 4_096;

class UpdateChannel {
  @ChannelId() channel_id!: string;
  @Describe('The changes, in order. Either all of them are made or none.')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CAPS.channel_ops.most)
  @ValidateNested({ each: true })
  @Type(() => ChannelOp)
  ops!: ChannelOp[];
  @SeatField() seat?: string;
}

export class NewInvite {
  @Describe('The slot it is for.') @IsString() slot_id!: string;
  @Describe('Works once. Share it with one party.') @IsString() invite_code!: string;
}

class ChannelUpdate {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('The channel as it is now.') @ValidateNested() @Type(() => ChannelView) view!: ChannelView;
  @Describe('Codes for slots that the ops made free.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => NewInvite)
  invites!: NewInvite[];
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

@Controller()
export class UpdateChannelController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly channels: Channels,
    private readonly ops: ChannelOps,
    private readonly storage: Storage,
    private readonly log: LogSeal,
  ) {}

  @Operation({
    name: 'update_channel',
    title: 'Change a channel',
    summary: 'Change a channel you administer: its bots, slots, invites, members or name; or close it.',
    input: UpdateChannel,
    output: ChannelUpdate,
    errors: [
      'NOT_MEMBER',
      'NOT_ADMIN',
      'SEAT_AMBIGUOUS',
      'BAD_OP',
      'SLOT_NOT_FOUND',
      'BOT_NOT_FOUND',
      'INSUFFICIENT_SCOPE',
      'QUOTA_REACHED',
      'STORAGE_QUOTA_REACHED',
      'DISK_SPACE_LOW',
      'SLOT_ALREADY_FILLED',
      'BOT_INVALID',
      'SECRET_IS_KNOWN',
      'SECRETS_FIXED',
      'SECRETS_NOT_ALLOWED',
      'MODULE_NOT_ALLOWED',
      'SANDBOX_UNAVAILABLE',
      'TEXT_NOT_ALLOWED',
      'CODE_BLOCKED',
      'CODE_QUARANTINED',
      'CHANNEL_CLOSED',
      'NOT_CONFIRMED',
      'ROUND_IN_PLAY',
    ],
    cost: 5,
    destroys: true,
    openWorld: true,
    confirms: ({ channel_id, ops }) => questionOf(printable(channel_id), ops),
    toolset: 'channels',
  })
  async update({ channel_id, ops, seat }: UpdateChannel, caller: Caller): Promise<ChannelUpdate> {
    await this.access.admin(this.database.read, channel_id, caller, seat);
    const apply = await Promise.all(ops.map((op) => this.ops.prepare(op, { channelId: channel_id, caller })));
    const bytes = Math.min(MAX_ANNOUNCED_BYTES, Buffer.byteLength(JSON.stringify(ops)));
    // Closing is always allowed, because it makes a channel ready for deletion.
    const isClosing = ops.every(({ type }) => type === 'close');
    const updated = await this.database.write(async (tx) => {
      const outcomes: OpOutcome[] = [];
      let from: Slot | undefined;
      for (const each of apply) {
        const standing = await this.access.admin(tx, channel_id, caller, seat);
        standing.channel.assertOpen();
        from = standing.seat;
        if (!isClosing) await this.storage.assertMayPost(tx, channel_id, caller.accountId, bytes);
        outcomes.push(await each(tx, standing));
      }
      const { channel, slots } = await this.channels.withSlots(tx, channel_id);
      const invites = outcomes.flatMap(({ invite }) => invite ?? []);
      const ownSeats = slots.filter((slot) => slot.isHeldBy(caller));
      const hint = seatToPass({ ownSeats, seat: ownSeats.find(({ slotId }) => slotId === from?.slotId) });
      return { ok: true, view: channelView(channel, slots), invites, ...hint };
    }, channel_id);
    await this.log.seal(channel_id);
    return updated;
  }
}

const GRAVE = new Map<string, (slot: string) => string>([
  ['close', () => 'close it for everyone (it can still be read)'],
  ['kick', (slot) => `remove the member in ${slot}`],
  ['remove_bot', (slot) => `remove the bot in ${slot}`],
]);

/** The confirmation question for an irreversible op. */
function questionOf(channelId: string, ops: ChannelOp[]): string | undefined {
  const grave = ops.flatMap(({ type, slot_id = '' }) => GRAVE.get(type)?.(printable(slot_id)) ?? []);
  return grave.length ? `In channel ${channelId}: ${grave.join(', and ')}?` : undefined;
}
