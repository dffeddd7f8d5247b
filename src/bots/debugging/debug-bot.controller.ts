import { Controller } from '@nestjs/common';
import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import { BotReplies } from '../../channels/bot-replies.js';
import { BotId, ChannelId, SeatField, SeatToPassField, SlotId } from '../../channels/operation-fields.js';
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
import type { DebugTarget } from './debug-sessions.js';
import { HookDebugging } from './hook-debugging.service.js';
import { LogDebugging } from './log-debugging.js';
import { StateDebugging } from './state-debugging.service.js';

class DebugBot {
  @ChannelId() channel_id!: string;
  @IsOptional() @BotId('Id of the bot, bot_…; or give slot_id.') bot_id?: string;
  @IsOptional() @SlotId('The slot it sits in; or give bot_id.') slot_id?: string;
  @Describe(
    'inspect_state: show the visible part of its state. replace_state: set its state. emit_hook: run one of its hooks. toggle_pause: pause or resume it; hooks that are due wait. tail_logs: show what it printed.',
  )
  @IsString()
  @IsIn(DEBUG_ACTIONS)
  action!: DebugAction;
  @Describe(
    'replace_state: {state, expected_version?}. emit_hook: {hook, body?, name?}; the event comes from your own seat. toggle_pause: {paused?}. tail_logs: {runs?, share?}; share shows the logs to everyone.',
  )
  @IsOptional()
  @IsObject()
  payload?: Record<string, unknown>;
  @SeatField('Your own seat, if you hold several here.') seat?: string;
}

class Debugged {
  @Describe('The entry that tells everyone about this action. It never contains the state.') @IsInt() msg_id!: number;
  @Describe('What was done.') @IsString() action!: string;
  @Describe('Id of the bot.') @IsString() bot_id!: string;
  @Describe('The slot it sits in.') @IsString() slot_id!: string;
  @Describe('Number of times it has saved its state.') @IsInt() state_version!: number;
  @Describe('Whether it is paused.') @IsBoolean() paused!: boolean;
  @Describe(
    'inspect_state: HMAC-SHA-256 over its state. The key is the seed of the round, which is revealed when the round ends.',
  )
  @IsOptional()
  @IsString()
  state_commit?: string;
  @Untrusted('inspect_state: the part of its state that its manifest makes public (state_public_schema).')
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
  @Describe('tail_logs: the logs of this run and later ones can be read when the round in play is over.')
  @IsOptional()
  @IsInt()
  closed_from_run?: number;
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

@Controller()
export class DebugBotController {
  constructor(
    private readonly states: StateDebugging,
    private readonly hooks: HookDebugging,
    private readonly logs: LogDebugging,
    private readonly replies: BotReplies,
  ) {}

  @Operation({
    name: 'debug_bot',
    title: 'Debug a bot',
    summary: 'Inspect, repair, call or pause a bot of a channel you administer. Every member sees that you did.',
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
    const outcome = await this.perform({ channelId: channel_id, botId, slotId, seat }, action, payload, caller);
    if (action === 'emit_hook') await this.replies.waitForAll(channel_id, signal);
    return outcome as Debugged;
  }

  private async perform(target: DebugTarget, action: DebugAction, payload: object, caller: Caller) {
    switch (action) {
      case 'inspect_state':
        await readPayload(InspectState, payload);
        return this.states.inspect(target, caller);
      case 'replace_state':
        return this.states.replace(target, await readPayload(ReplaceState, payload), caller);
      case 'emit_hook':
        return this.hooks.emit(target, await readPayload(EmitHook, payload), caller);
      case 'toggle_pause':
        return this.hooks.pause(target, await readPayload(TogglePause, payload), caller);
      case 'tail_logs':
        return this.logs.tail(target, await readPayload(TailLogs, payload), caller);
    }
  }
}
