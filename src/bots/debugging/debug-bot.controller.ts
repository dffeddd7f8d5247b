import { Controller } from '@nestjs/common';
import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Length } from 'class-validator';
import { BotRoster } from '../../channels/bot-roster.js';
import { NamesSeat, TellsSeat } from '../../channels/own-seats.js';
import type { Caller } from '../../kernel/caller.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import {
  DEBUG_ACTIONS,
  type DebugAction,
  EmitHook,
  InspectState,
  ReplaceState,
  readPayload,
  TailLogs,
  TogglePause,
} from './debug-payloads.js';
import { Debugging, type Target } from './debugging.service.js';

class DebugBot {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the bot, bot_…; or give slot_id.') @IsOptional() @IsString() @Length(1, 64) bot_id?: string;
  @Describe('The slot it sits in; or give bot_id.') @IsOptional() @IsString() @Length(1, 8) slot_id?: string;
  @Describe(
    'inspect_state: what may be seen of its state. replace_state: give it another. emit_hook: have one of its hooks run. toggle_pause: stop or go on running hooks; those that are due wait. tail_logs: what it printed.',
  )
  @IsString()
  @IsIn(DEBUG_ACTIONS)
  action!: DebugAction;
  @Describe(
    'replace_state: {state, expected_version?}. emit_hook: {hook, body?, name?}; you speak from your own seat. toggle_pause: {paused?}. tail_logs: {runs?, share?}; share shows them to everyone.',
  )
  @IsOptional()
  @IsObject()
  payload?: Record<string, unknown>;
  @NamesSeat('Your own seat, from which you do it, if you hold several here.') seat?: string;
}

class Debugged {
  @Describe('The entry that tells everyone who did what; never the state itself.') @IsInt() msg_id!: number;
  @Describe('What was done.') @IsString() action!: string;
  @Describe('Id of the bot.') @IsString() bot_id!: string;
  @Describe('The slot it sits in.') @IsString() slot_id!: string;
  @Describe('How often its state was saved.') @IsInt() state_version!: number;
  @Describe('Whether its hooks wait.') @IsBoolean() paused!: boolean;
  @Describe(
    'inspect_state: HMAC-SHA-256 over its state, keyed with the seed of the round, which is revealed at its end.',
  )
  @IsOptional()
  @IsString()
  state_commit?: string;
  @Untrusted('inspect_state: what its manifest lets be seen of its state (state_public_schema).')
  @IsOptional()
  @IsObject()
  state_public?: object;
  @Untrusted('inspect_state: the newest bot:state that it posted.') @IsOptional() @IsObject() posted_state?: object;
  @Describe('replace_state: the commitment to the state before.') @IsOptional() @IsString() before?: string;
  @Describe('replace_state: the commitment to the state after.') @IsOptional() @IsString() after?: string;
  @Untrusted('tail_logs: the lines it printed in each run, oldest run first.')
  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  logs?: object[];
  @Describe('tail_logs: what this run and later ones printed can be read once their round, which is in play, is over.')
  @IsOptional()
  @IsInt()
  closed_from_run?: number;
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

@Controller()
export class DebugBotController {
  constructor(
    private readonly debugging: Debugging,
    private readonly roster: BotRoster,
  ) {}

  @Operation({
    name: 'debug_bot',
    title: 'Debug a bot',
    summary: 'Look into, mend, call or pause a bot of a channel you administer; everyone in it sees that you did.',
    input: DebugBot,
    output: Debugged,
    errors: [
      'NOT_MEMBER',
      'NOT_ADMIN',
      'SEAT_AMBIGUOUS',
      'BOT_NOT_FOUND',
      'SLOT_NOT_FOUND',
      'STALE_STATE',
      'BODY_TOO_LARGE',
      'SIGNATURE_REQUIRED',
      'TEXT_NOT_ALLOWED',
      'CHANNEL_CLOSED',
      'ROUND_IN_PLAY',
      'STORAGE_QUOTA_REACHED',
      'DISK_SPACE_LOW',
    ],
    scope: 'bots',
    toolset: 'bots',
    destroys: true,
    openWorld: true,
  })
  async debug({ channel_id, action, payload = {}, ...named }: DebugBot, caller: Caller, signal: AbortSignal) {
    const { bot_id: botId, slot_id: slotId, seat } = named;
    const done = await this.perform({ channelId: channel_id, botId, slotId, seat }, action, payload, caller);
    if (action === 'emit_hook') await this.roster.settled(channel_id, signal);
    return done as Debugged;
  }

  private async perform(target: Target, action: DebugAction, payload: object, caller: Caller) {
    const { debugging } = this;
    switch (action) {
      case 'inspect_state':
        await readPayload(InspectState, payload);
        return debugging.inspect(target, caller);
      case 'replace_state':
        return debugging.replace(target, await readPayload(ReplaceState, payload), caller);
      case 'emit_hook':
        return debugging.emit(target, await readPayload(EmitHook, payload), caller);
      case 'toggle_pause':
        return debugging.pause(target, await readPayload(TogglePause, payload), caller);
      case 'tail_logs':
        return debugging.tail(target, await readPayload(TailLogs, payload), caller);
    }
  }
}
