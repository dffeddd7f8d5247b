import { Injectable } from '@nestjs/common';
import { IsArray, IsBoolean, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { FirstOf } from '../kernel/first-of.js';
import { Describe, Untrusted } from '../kernel/schema.js';

export class BotInfo {
  @Describe('Id of the bot in its channel, bot_<Name>_<n>; CustomBot where its name is more than a word.')
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
  @Describe('Why it was stopped; the entry bot:decision says more.') @IsOptional() @IsString() stopped_for?: string;
  @Untrusted('the names of the secrets it was given. Nobody can read their values.')
  @IsArray()
  @IsString({ each: true })
  env_keys!: string[];
  @Describe('Whether it may change the channel: its manifest says so, and its slot is admin.')
  @IsBoolean()
  may_update_channel!: boolean;
  @Describe('When it was attached, ISO 8601 in UTC.') @IsString() created_at!: string;
  @Describe('How often it has saved its state.') @IsInt() state_version!: number;
}

type Teller = (tx: EntityManager, channelId: string) => Promise<BotInfo[]>;
type Settling = (channelId: string, signal: AbortSignal) => Promise<void>;

/** Bots that have not dealt with what happened by then are not waited for. */
const PATIENCE_MS = 5_000;

/** Who the bots of a channel are. `bots`, which stands later in the line, tells it. */
@Injectable()
export class BotRoster {
  private teller: Teller = async () => [];
  private settling: Settling = async () => {};

  toldBy(teller: Teller) {
    this.teller = teller;
  }

  settledBy(settling: Settling) {
    this.settling = settling;
  }

  of(tx: EntityManager, channelId: string): Promise<BotInfo[]> {
    return this.teller(tx, channelId);
  }

  /** Resolves when the bots have dealt with all that has happened, so that who asks next finds what they said to it. */
  async settled(channelId: string, callerGone: AbortSignal): Promise<void> {
    using over = new FirstOf([callerGone], PATIENCE_MS);
    await this.settling(channelId, over.signal);
  }
}
