import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import type { Caller } from '../kernel/caller.js';
import { Operation } from '../kernel/operation.js';
import { Describe, Untrusted } from '../kernel/schema.js';
import { Database } from '../platform/database.js';
import { fittingCount } from '../platform/limits/caps.js';
import { Access } from './access.service.js';
import { BotInfo, BotRoster } from './bot-roster.js';
import type { Channel } from './channel.entity.js';
import { ChannelView, channelView, DISTINCT, MODE, SlotView, slotView } from './channel.view.js';
import { Channels } from './channels.service.js';
import { NamesSeat, seatToPass, TellsSeat } from './own-seats.js';
import type { Slot } from './slot.entity.js';

class Who {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @NamesSeat() seat?: string;
}

class WhoIsHere {
  @Describe('The channel with its slots.') @ValidateNested() @Type(() => ChannelView) view!: ChannelView;
  @Describe('The bots of the channel.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => BotInfo)
  bots!: BotInfo[];
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

class ListChannels {
  @Describe('How many at most.') @IsOptional() @IsInt() @Min(1) @Max(200) limit: number = 100;
  @Describe('How many of the newest to pass over.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  offset: number = 0;
}

class ListedChannel {
  @Describe('Id of the channel.') @IsString() channel_id!: string;
  @Untrusted('what the creator called the channel.') @IsString() name!: string;
  @Describe('private or public.') @IsString() visibility!: string;
  @Describe(MODE) @IsString() mode!: string;
  @Describe(DISTINCT) @IsBoolean() distinct_members!: boolean;
  @Describe('All places, in order.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SlotView)
  slots!: SlotView[];
  @Describe('How many messages everyone can read there.') @IsInt() message_count!: number;
  @Describe('Ids of its bots.') @IsArray() @IsString({ each: true }) bots!: string[];
}

class ChannelList {
  @Describe('Newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ListedChannel)
  channels!: ListedChannel[];
  @Describe('How many there are in all.') @IsInt() total_channels!: number;
  @Describe('Give it as offset to go on; absent where these are the last.') @IsOptional() @IsInt() next_offset?: number;
}

@Controller()
export class ChannelsController {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly channels: Channels,
    private readonly bots: BotRoster,
  ) {}

  @Operation({
    name: 'who',
    aliases: ['get_channel_info'],
    title: 'Who is here',
    summary: 'Show a channel: its slots, who sits in them, and its bots.',
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
    summary: 'List the channels you made or sit in, and the public ones.',
    input: ListChannels,
    output: ChannelList,
    errors: [],
    reads: true,
    openWorld: true,
  })
  async list({ limit, offset }: ListChannels, caller: Caller): Promise<ChannelList> {
    const { channels, total } = await this.channels.listFor(this.database.read, caller, limit, offset);
    const listed = channels.map(listedChannel);
    const fit = fittingCount(listed.map((channel) => ({ bytes: Buffer.byteLength(JSON.stringify(channel)) })));
    const end = offset + fit;
    const isLast = end >= total || fit === 0;
    return { channels: listed.slice(0, fit), total_channels: total, ...(!isLast && { next_offset: end }) };
  }
}

const listedChannel = ({ channel, slots }: { channel: Channel; slots: Slot[] }): ListedChannel => ({
  channel_id: channel.id,
  name: channel.name,
  visibility: channel.visibility,
  mode: channel.mode,
  distinct_members: channel.distinctMembers,
  slots: slots.map(slotView),
  message_count: channel.visibleCount,
  bots: slots.flatMap(({ botId }) => botId ?? []),
});
