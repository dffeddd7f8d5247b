import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { FoundHooks, RunError } from '../../../bot-sdk/contract.js';
import { bigint } from '../../platform/database/columns.js';

/** The result of a trial: the hooks of the program, or why it cannot run. */
export type TrialVerdict = { readonly found: FoundHooks } | { readonly failed: RunError };

/**
 * Results of trials, so that the same program is not tried again. Stored per account, so that a fast answer does not
 * reveal that another account has the same program.
 */
@Entity('bot_trial')
@Index('ix_bot_trial_at', ['at'])
export class BotTrial {
  /** Hash of everything that the trial depends on, including the account. */
  @PrimaryColumn({ name: 'trial_hash', type: 'varchar', length: 71 }) trialHash!: string;
  /** JSON of the `Verdict`. */
  @Column({ name: 'verdict', type: 'text' }) verdictJson!: string;
  @Column({ type: 'bigint', transformer: bigint }) at!: number;
}
