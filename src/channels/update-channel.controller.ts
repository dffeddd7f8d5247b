import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsString, Length, ValidateNested } from 'class-validator';
import type { Caller } from '../kernel/caller.js';
import { printable } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from '../platform/database.js';
import { CAPS } from '../platform/limits/caps.js';
import { Access } from './access.service.js';
import { ChannelView, channelView } from './channel.view.js';
import { ChannelOp, ChannelOps, type OpOutcome } from './channel-ops.js';
import { Channels } from './channels.service.js';
import { NamesSeat, seatToPass, TellsSeat } from './own-seats.js';
import type { Slot } from './slot.entity.js';
import { Storage } from './storage/storage.service.js';

/** Of an op no more than its names is announced; code is counted where it is attached. */
const MAX_ANNOUNCED_BYTES = 4_096;

class UpdateChannel {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('What to change, in this order. All of it happens, or nothing.')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CAPS.channel_ops.most)
  @ValidateNested({ each: true })
  @Type(() => ChannelOp)
  ops!: ChannelOp[];
  @NamesSeat() seat?: string;
}

export class NewInvite {
  @Describe('The slot it is for.') @IsString() slot_id!: string;
  @Describe('Works once. Share it with one party.') @IsString() invite_code!: string;
}

class ChannelUpdate {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('The channel as it is now.') @ValidateNested() @Type(() => ChannelView) view!: ChannelView;
  @Describe('Codes for slots that the ops freed.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => NewInvite)
  invites!: NewInvite[];
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

@Controller()
export class UpdateChannelController {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly channels: Channels,
    private readonly ops: ChannelOps,
    private readonly storage: Storage,
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
  })
  async update({ channel_id, ops, seat }: UpdateChannel, caller: Caller): Promise<ChannelUpdate> {
    await this.access.admin(this.database.read, channel_id, caller, seat);
    const apply = await Promise.all(ops.map((op) => this.ops.prepare(op, { channelId: channel_id, caller })));
    const bytes = Math.min(MAX_ANNOUNCED_BYTES, Buffer.byteLength(JSON.stringify(ops)));
    // Closing is how a channel becomes one that can be retired.
    const isClosing = ops.every(({ type }) => type === 'close');
    return this.database.write(async (tx) => {
      const outcomes: OpOutcome[] = [];
      let from: Slot | undefined;
      for (const each of apply) {
        const standing = await this.access.admin(tx, channel_id, caller, seat);
        standing.channel.mustBeOpen();
        from = standing.seat;
        if (!isClosing) await this.storage.assertMaySay(tx, channel_id, caller.accountId, bytes);
        outcomes.push(await each(tx, standing));
      }
      const { channel, slots } = await this.channels.withSlots(tx, channel_id);
      const invites = outcomes.flatMap(({ invite }) => invite ?? []);
      const ownSeats = slots.filter((slot) => slot.isHeldBy(caller));
      const hint = seatToPass({ ownSeats, seat: ownSeats.find(({ slotId }) => slotId === from?.slotId) });
      return { ok: true, view: channelView(channel, slots), invites, ...hint };
    });
  }
}

const GRAVE = new Map<string, (slot: string) => string>([
  ['close', () => 'close it for everyone (it can still be read)'],
  ['kick', (slot) => `take the seat ${slot} from whoever sits there`],
  ['remove_bot', (slot) => `remove the bot in ${slot}`],
]);

/** What nobody can undo, put as a question. */
function questionOf(channelId: string, ops: ChannelOp[]): string | undefined {
  const grave = ops.flatMap(({ type, slot_id = '' }) => GRAVE.get(type)?.(printable(slot_id)) ?? []);
  return grave.length ? `In channel ${channelId}: ${grave.join(', and ')}?` : undefined;
}
