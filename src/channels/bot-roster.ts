import { IsArray, IsBoolean, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { Describe, Untrusted } from '../kernel/schema.js';

export class BotInfo {
  @Describe('Id of the bot in its channel, bot_<Name>_<n>; CustomBot if its name is not one or two plain words.')
  @IsString()
  bot_id!: string;
  @Describe('The slot it sits in.') @IsString() slot_id!: string;
  @Untrusted('the name from its manifest.') @IsString() name!: string;
  @Untrusted('the version from its manifest.') @IsString() version!: string;
  @Untrusted('what the bot declares about itself.') @IsObject() manifest!: object;
  @Describe('SHA-256 over the source that runs.') @IsString() code_hash!: string;
  @Describe(
    'active, paused (by an admin of the channel), waiting (for an admin of the server to allow its code) or stopped (its code was blocked).',
  )
  @IsString()
  status!: string;
  @Describe('Why it was stopped; see the entry bot:decision.') @IsOptional() @IsString() stopped_for?: string;
  @Untrusted('the names of its secrets. Nobody can read their values.')
  @IsArray()
  @IsString({ each: true })
  env_keys!: string[];
  @Describe('Whether it may change the channel: this needs a permission in its manifest and an admin slot.')
  @IsBoolean()
  may_update_channel!: boolean;
  @Describe('When it was attached, ISO 8601 in UTC.') @IsString() created_at!: string;
  @Describe('Number of times it has saved its state.') @IsInt() state_version!: number;
}

/** The bots of a channel. Implemented by `bots`, a later module. */
export abstract class BotRoster {
  abstract of(tx: EntityManager, channelId: string): Promise<BotInfo[]>;
}
