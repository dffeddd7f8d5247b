import { applyDecorators, Injectable } from '@nestjs/common';
import { IsOptional, IsString } from 'class-validator';
import { Describe } from '../kernel/schema.js';
import { Checkpoints } from '../proofs/checkpoints.service.js';
import type { Entry } from './entry.entity.js';

/** Entries after which nobody may be shown another history: an answer with one of them comes with a signature over it. */
const FINAL: readonly (string | null)[] = ['round:reveal', 'round:end', 'round:void', 'revealed', 'close_applied'];

/** The checkpoint that goes with an answer. */
@Injectable()
export class AnswerCheckpoints {
  constructor(private readonly checkpoints: Checkpoints) {}

  /**
   * The newest checkpoint of the channel as a field of an answer that shows these entries. It covers every entry that
   * reveals or ends something, and may not cover newer ones yet. Without the field while the server cannot sign.
   */
  async with(channelId: string, shown: readonly Pick<Entry, 'seq' | 'type'>[]): Promise<{ checkpoint?: string }> {
    const last = shown.findLast(({ type }) => FINAL.includes(type))?.seq ?? 1;
    const found = await this.checkpoints.ifSigned(channelId, last);
    return found ? { checkpoint: found.note } : {};
  }
}

/** The output field for it. */
export const CheckpointField = () =>
  applyDecorators(
    Describe('The newest signed checkpoint of the log: keep it, and compare it with those of other members.'),
    IsOptional(),
    IsString(),
  );
