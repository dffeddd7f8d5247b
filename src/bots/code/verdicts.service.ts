import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../kernel/errors.js';
import { Config } from '../../platform/config/config.js';
import { BotCode } from './bot-code.entity.js';

/** A bot that runs the code in question. `sparedAt`: set while the bot continues although its code was blocked. */
export interface JudgedBot {
  readonly codeHash: string;
  readonly sparedAt: number | null;
}

/**
 * Whether code may be attached and run, by the decisions of admins about its hash. Read from the database each time,
 * without a cache.
 */
@Injectable()
export class Verdicts {
  constructor(private readonly config: Config) {}

  /** Throws if this code may not be attached now. Called within the write that attaches it. */
  async assertMayAttach(tx: EntityManager, codeHash: string) {
    const { status } = await standingOf(tx, codeHash);
    if (status === 'blocked') throw new DomainError('CODE_BLOCKED', undefined, { code_hash: codeHash });
    if (status === 'quarantined') throw new DomainError('CODE_QUARANTINED', undefined, { code_hash: codeHash });
  }

  /** Whether hooks of this code may start. If not, they stay due and run in log order once the code is allowed. */
  async mayRun(tx: EntityManager, { codeHash, sparedAt }: JudgedBot): Promise<boolean> {
    const { status, clearedAt } = await standingOf(tx, codeHash);
    return (status !== 'blocked' || sparedAt !== null) && (clearedAt !== null || this.config.moderation === 'open');
  }
}

type CodeStanding = Pick<BotCode, 'status' | 'clearedAt'>;

/** Code that is not stored yet has no decision. */
async function standingOf(tx: EntityManager, codeHash: string): Promise<CodeStanding> {
  const select = { codeHash: true, status: true, clearedAt: true } as const;
  return (await tx.findOne(BotCode, { where: { codeHash }, select })) ?? { status: 'unseen', clearedAt: null };
}
