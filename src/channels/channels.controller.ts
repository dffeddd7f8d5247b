import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import type { Caller } from '../kernel/caller.js';
import { Operation } from '../kernel/operation.js';
import { PageLimit } from '../kernel/page-fields.js';
import { Describe, IsSafeInt, Untrusted } from '../kernel/schema.js';
import { Database } from '../platform/database/database.js';
import { fittingCount } from '../platform/limits/caps.js';
import { BotInfo, BotRoster } from './bot-roster.js';
import {
  ChannelView,
  channelView,
  DISTINCT_MEMBERS_DESCRIPTION,
  MODE_DESCRIPTION,
  SlotView,
  slotView,
} from './channel.view.js';
import { ChannelAccess } from './channel-access.service.js';
import { Channels, type ChannelWithSlots } from './channels.service.js';
import { ChannelId, SeatField, SeatToPassField } from './operation-fields.js';
import { seatToPass } from './own-seats.js';

class Who {
  @ChannelId() channel_id!: string;
  @SeatField() seat?: string;
}

class WhoIsHere {
  @Describe('The channel with its slots.') @ValidateNested() @Type(() => ChannelView) view!: ChannelView;
  @Describe('The bots of the channel.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => BotInfo)
  bots!: BotInfo[];
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

class ListChannels {
  @PageLimit(200) limit: number = 100;
  @Describe('How many of the newest to skip.')
  @IsOptional()
  @IsSafeInt(0)
  offset: number = 0;
}

class ListedChannel {
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Untrusted('what the creator called the channel.') @IsString() name!: string;
  @Describe('private or public.') @IsString() visibility!: string;
  @Describe(MODE_DESCRIPTION) @IsString() mode!: string;
  @Describe(DISTINCT_MEMBERS_DESCRIPTION) @IsBoolean() distinct_members!: boolean;
  @Describe('All slots, in order.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SlotView)
  slots!: SlotView[];
  @Describe('Number of messages that everyone can read there.') @IsInt() message_count!: number;
  @Describe('Ids of its bots.') @IsArray() @IsString({ each: true }) bots!: string[];
}

class ChannelList {
  @Describe('Newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ListedChannel)
  channels!: ListedChannel[];
  @Describe('Number of channels in all.') @IsInt() total_channels!: number;
  @Describe('Pass it as offset to get the next page; absent at the end.') @IsOptional() @IsInt() next_offset?: number;
}

@Controller()
export class ChannelsController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly channels: Channels,
    private readonly bots: BotRoster,
  ) {}

  @Operation({
    name: 'who',
    aliases: ['get_channel_info'],
    title: 'Who is here',
    summary: 'Show a channel: its slots, its members and its bots.',
    input: Who,
    output: WhoIsHere,
    errors: ['NOT_MEMBER'],
    reads: true,
    openWorld: true,
  })
  async who({ channel_id, seat }: Who, caller: Caller): Promise<WhoIsHere> {
    const standing = await this.access.outline(this.database.read, channel_id, caller, seat);
    const bots = await this.bots.of(this.database.read, channel_id);
    return { view: channelView(standing.channel, standing.slots), bots, ...seatToPass(standing) };
  }

  @Operation({
    name: 'list_channels',
    title: 'List channels',
    summary: 'List the channels that you created or have a seat in, and the public ones.',
    input: ListChannels,
    output: ChannelList,
    errors: [],
    reads: true,
    openWorld: true,
  })
  async list({ limit, offset }: ListChannels, caller: Caller): Promise<ChannelList> {
    const listed: ListedChannel[] = [];
    const sizes: { bytes: number }[] = [];
    const bytesOf = (found: ChannelWithSlots) => {
      const view = listedChannel(found);
      const bytes = Buffer.byteLength(JSON.stringify(view));
      listed.push(view);
      sizes.push({ bytes });
      return bytes;
    };
    const { total } = await this.channels.listFor(this.database.read, caller, limit, offset, bytesOf);
    const fit = fittingCount(sizes);
    const end = offset + fit;
    const isLast = end >= total || fit === 0;
    return { channels: listed.slice(0, fit), total_channels: total, ...(!isLast && { next_offset: end }) };
  }
}

const listedChannel = ({ channel, slots }: ChannelWithSlots): ListedChannel => ({
  channel_id: channel.id,
  name: channel.name,
  visibility: channel.visibility,
  mode: channel.mode,
  distinct_members: channel.distinctMembers,
  slots: slots.map(slotView),
  message_count: channel.visibleCount,
  bots: slots.flatMap(({ botId }) => botId ?? []),
});
