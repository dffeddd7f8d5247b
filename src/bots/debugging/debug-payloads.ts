import { IsBoolean, IsDefined, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { HOOKS, type Hook } from '../../../bot-sdk/contract.js';
import { DomainError } from '../../kernel/errors.js';
import { parse, type Shape } from '../../kernel/schema.js';

export const DEBUG_ACTIONS = ['inspect_state', 'replace_state', 'emit_hook', 'toggle_pause', 'tail_logs'] as const;
export type DebugAction = (typeof DEBUG_ACTIONS)[number];

export class InspectState {}

export class ReplaceState {
  @IsDefined() state!: unknown;
  @IsOptional() @IsInt() @Min(0) expected_version?: number;
}

export class EmitHook {
  @IsString() @IsIn(HOOKS) hook!: Hook;
  /** What is said, for hooks that hear something. */
  @IsOptional() body?: unknown;
  /** Of the timer, for on_timer. */
  @IsOptional() @IsString() @Matches(/^[\w:.-]{1,64}$/) name?: string;
}

export class TogglePause {
  @IsOptional() @IsBoolean() paused?: boolean;
}

export class TailLogs {
  @IsOptional() @IsInt() @Min(1) @Max(50) runs?: number;
  /** Everyone in the channel is shown them as well. */
  @IsOptional() @IsBoolean() share?: boolean;
}

/** Reads the payload of an action, or refuses it with the name of the field. */
export async function readPayload<T extends object>(shape: Shape<T>, payload: object): Promise<T> {
  const read = await parse(shape, payload);
  if (!Array.isArray(read)) return read;
  throw new DomainError('INVALID_REQUEST', read.map(({ message }) => `payload: ${message}`).join('; '), {
    issues: read,
  });
}
