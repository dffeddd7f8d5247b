import { IsBoolean, IsDefined, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { HOOKS, type Hook } from '../../../bot-sdk/contract.js';
import { DomainError } from '../../kernel/errors.js';
import { parse, type Shape } from '../../kernel/schema.js';

export const DEBUG_ACTIONS = ['inspect_state', 'replace_state', 'emit_hook', 'toggle_pause', 'tail_logs'] as const;
export type DebugAction = (typeof DEBUG_ACTIONS)[number];

/** The name of an action in the rules of fair play and in entries about voided rounds. */
export const opOf = (action: DebugAction) => `debug_bot:${action}`;

export class InspectState {}

export class ReplaceState {
  @IsDefined() state!: unknown;
  @IsOptional() @IsInt() @Min(0) expected_version?: number;
}

export class EmitHook {
  @IsString() @IsIn(HOOKS) hook!: Hook;
  /** The body of the message, for hooks that are called with one. */
  @IsOptional() body?: unknown;
  /** Name of the timer, for on_timer. */
  @IsOptional() @IsString() @Matches(/^[\w:.-]{1,64}$/) name?: string;
}

export class TogglePause {
  @IsOptional() @IsBoolean() paused?: boolean;
}

export class TailLogs {
  @IsOptional() @IsInt() @Min(1) @Max(50) runs?: number;
  /** true: the log shows the lines to everyone in the channel. */
  @IsOptional() @IsBoolean() share?: boolean;
}

/** Throws INVALID_REQUEST, with the name of the field, if the payload does not have the shape of its action. */
export async function readPayload<T extends object>(shape: Shape<T>, payload: object): Promise<T> {
  const valueOrIssues = await parse(shape, payload);
  if (!Array.isArray(valueOrIssues)) return valueOrIssues;
  throw new DomainError('INVALID_REQUEST', valueOrIssues.map(({ message }) => `payload: ${message}`).join('; '), {
    issues: valueOrIssues,
  });
}
