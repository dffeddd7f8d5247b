import { applyDecorators } from '@nestjs/common';
import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Describe } from '../kernel/schema.js';
import { CAPS } from '../platform/limits/caps.js';

const MAX_WAIT_MS = CAPS.wait_ms.most;

/** An input field for the waiting time in milliseconds. Higher values count as the maximum. */
export const WaitField = (description: string) =>
  applyDecorators(
    Describe(`${description} At most ${MAX_WAIT_MS}.`, { type: 'integer' }),
    IsOptional(),
    IsInt(),
    Min(0),
  );

/** An output field for a caller who asked for more than the maximum. */
export const WaitHintField = () =>
  applyDecorators(
    Describe('Only if you asked for a longer wait than one call allows: how long it waited.'),
    IsOptional(),
    IsString(),
  );

/** The waiting time for a requested one, and the output field `wait_hint` if it was shortened. */
export function waitOf(field: 'timeout_ms' | 'wait_ms', asked: number) {
  if (asked <= MAX_WAIT_MS) return { ms: asked, hint: {} };
  const wait_hint = `${field} was above the limit: this call waited at most ${MAX_WAIT_MS} milliseconds. Call sync_messages with the cursor to wait longer.`;
  return { ms: MAX_WAIT_MS, hint: { wait_hint } };
}
