import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../../../bot-sdk/contract.js';
import type { ChannelOp } from '../../channels/channel-ops.js';
import type { Caller } from '../../kernel/caller.js';
import { bigint } from '../../platform/database/columns.js';

export type ChangeStatus = 'open' | 'done' | 'failed' | 'expired';

/**
 * Ops that were proposed while a round is in play. They are applied exactly as stored here once every party has agreed.
 */
@Entity('proposed_change')
@Index('ix_proposed_change_channel', ['channelId', 'status'])
export class ProposedChange {
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @Column({ type: 'simple-json' }) ops!: ChannelOp[];
  /** The ops as everyone sees them. */
  @Column({ type: 'simple-json' }) announced!: JsonObject[];
  /** The bots that would run, by name, params and hashes: the parties agree to exactly these. */
  @Column({ name: 'would_run', type: 'simple-json' }) wouldRun!: JsonObject[];
  /** The rounds that were in play. When all of them are over, the proposal ends. */
  @Column({ type: 'simple-json' }) rounds!: { botId: string; round: number }[];
  /** Everyone who has to agree. */
  @Column({ type: 'simple-json' }) asked!: { accountId: string; seat: string }[];
  /** The proposer as a caller, for ops that need an account. */
  @Column({ type: 'simple-json' }) proposer!: Pick<
    Caller,
    'accountId' | 'clientId' | 'sessionId' | 'name' | 'scopes' | 'role'
  >;
  /** The seat of the proposer, or `creator`. */
  @Column({ type: 'varchar', length: 16 }) by!: string;
  @Column({ type: 'varchar', length: 10 }) status!: ChangeStatus;
  @Column({ name: 'hashes_only', type: 'boolean' }) hashesOnly!: boolean;
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigint }) expiresAt!: number;

  /** The part of `wouldRun` that everyone sees: in a channel where text is restricted, only the hashes. */
  get shownRun(): JsonObject[] {
    return this.hashesOnly
      ? this.wouldRun.map(({ name: _, version: __, params: ___, inline_code: ____, ...hashes }) => hashes)
      : this.wouldRun;
  }
}
