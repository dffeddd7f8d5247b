import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { HookCall } from '../../../bot-sdk/contract.js';
import type { ApplyOp } from '../../channels/channel-ops.js';
import { Channels } from '../../channels/channels.service.js';
import { onAccountOf } from '../../channels/storage/payer.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { maskedError } from '../secrets/masked-run.js';
import { ChannelChanges } from './channel-changes.js';
import { Effects } from './effects.js';
import type { ExecutedHook } from './executed-hook.js';
import type { HookInvocation } from './hook-invocation.js';
import { refusedRun } from './refused-run.js';
import { RunResults } from './run-results.service.js';
import { type ReservedRoom, RunRoom } from './run-room.service.js';
import { Timers } from './timers.service.js';

/** What was prepared for a run before the write that commits it. */
export interface RunPreparation {
  /** Undefined for a hook that did not run. */
  readonly room?: ReservedRoom;
  /** The changes of the channel that the hook requests. */
  readonly changes?: readonly ApplyOp[];
}

/** Commits hooks: within one write each hook takes effect once or not at all. */
@Injectable()
export class RunCommits {
  constructor(
    private readonly channels: Channels,
    private readonly timers: Timers,
    private readonly effects: Effects,
    private readonly room: RunRoom,
    private readonly results: RunResults,
    private readonly changes: ChannelChanges,
  ) {}

  /**
   * Returns false and writes nothing if, since the hook started, the bot was released or paused, its state was
   * replaced, another of its hooks was committed, or the channel was closed. Effects that break a rule are not applied:
   * then the failure is committed.
   */
  async commit(
    tx: EntityManager,
    invocation: HookInvocation,
    call: HookCall,
    execution: ExecutedHook,
    { room, changes = [] }: RunPreparation = {},
  ): Promise<boolean> {
    if (!(await this.claim(tx, invocation))) return false;
    const { attachment, event } = invocation;
    if (event.kind === 'timer') await this.timers.take(tx, attachment, event.seq);
    const refusal = await this.effects.refusal(tx, invocation, execution.ran.effects);
    const payer = room ? this.room.payerOf(invocation, room, execution.bytes) : invocation.payer;
    this.room.spend(invocation, execution.bytes);
    const { result: masked, mask } = execution;
    const result = refusal ? refusedRun(masked, maskedError(refusal, mask)) : masked;
    const committed = { ...execution, result, refusal };
    await onAccountOf(payer, () => this.results.keep(tx, { ...invocation, payer }, call, committed));
    if (!refusal) await this.changes.apply(tx, attachment, changes);
    return true;
  }

  /** Moves the cursor of the bot to the event, if everything that the input of the hook was based on is unchanged. */
  private async claim(tx: EntityManager, { attachment, event, run }: HookInvocation): Promise<boolean> {
    const { channelId, botId, runs, cursor, stateVersion } = attachment;
    if (!(await this.channels.withSlots(tx, channelId)).channel.isOpen) return false;
    const { affected } = await tx
      .createQueryBuilder()
      .update(Attachment)
      .set({ runs: run, cursor: event.seq })
      .where('channel_id = :channelId AND bot_id = :botId', { channelId, botId })
      .andWhere('runs = :runs AND cursor = :cursor AND removed_at IS NULL AND paused_at IS NULL', { runs, cursor })
      .andWhere('state_version = :stateVersion', { stateVersion })
      .execute();
    return affected === 1;
  }
}
