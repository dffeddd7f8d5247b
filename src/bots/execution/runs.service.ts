import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BotErrorCode, HookCall, RunResult } from '../../../bot-sdk/contract.js';
import { onAccountOf } from '../../channels/storage/payer.js';
import { DomainError } from '../../kernel/errors.js';
import type { Entry } from '../../messaging/entry.entity.js';
import { Database } from '../../platform/database/database.js';
import { notRun, UNAVAILABLE_CODES } from '../../runtime/runner.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { ChannelChanges, opsAskedFor, refusedUpdate } from './channel-changes.js';
import { DeferredHooks } from './deferred-hooks.js';
import { type ExecutedHook, withoutNetwork } from './executed-hook.js';
import { HookExecution } from './hook-execution.js';
import { type HookInvocation, invocationOf } from './hook-invocation.js';
import { refusedRun } from './refused-run.js';
import { RunCommits } from './run-commits.service.js';
import { type ReservedRoom, RunRoom } from './run-room.service.js';

/**
 * The result of a due hook. `committed`: its effects are in the log. `unavailable`: there is no place to run it now.
 * `stale`: the bot or its channel has changed since the hook started, and nothing was committed.
 */
export type CommitResult = 'committed' | 'unavailable' | 'stale';

/** Runs hooks and commits their effects. After a crash a hook may run again; its effects are committed exactly once. */
@Injectable()
export class Runs {
  constructor(
    private readonly database: Database,
    private readonly room: RunRoom,
    private readonly execution: HookExecution,
    private readonly changes: ChannelChanges,
    private readonly commits: RunCommits,
    private readonly deferred: DeferredHooks,
  ) {}

  /**
   * Runs the hook that `event` fires and commits its effects: posts, state, timers, receipt and cursor, in one write.
   * If there is no place to run it, the channel is notified once, and the hook stays due. `serverStops` is aborted when
   * the server stops.
   */
  async perform(attachment: Attachment, event: Entry, call: HookCall, serverStops: AbortSignal): Promise<CommitResult> {
    const invocation = invocationOf(attachment, event);
    return onAccountOf(invocation.payer, () => this.performNow(invocation, call, serverStops));
  }

  private async performNow(
    invocation: HookInvocation,
    call: HookCall,
    serverStops: AbortSignal,
  ): Promise<CommitResult> {
    const room = await this.room.reserve(invocation);
    if ('code' in room) return this.commit(invocation, call, withoutNetwork(notRun(room.code, room.detail)));
    const execution = await this.execution.execute(invocation, call);
    if (!execution) return 'stale';
    // The server stopped the run in order to shut down. The bot has not failed, and the hook runs after the next start.
    if (serverStops.aborted && execution.result.outcome === 'killed') return 'stale';
    const { error } = execution.result;
    if (error && DEFERRING.has(error.code)) {
      await this.deferred.announceOnce(invocation, call, error);
      return 'unavailable';
    }
    this.deferred.ended(invocation.attachment);
    return this.commit(invocation, call, execution, room);
  }

  /** If a change of the channel cannot be applied, none of the hook's effects is: its failure is committed instead. */
  private async commit(
    invocation: HookInvocation,
    call: HookCall,
    execution: ExecutedHook,
    room?: ReservedRoom,
  ): Promise<CommitResult> {
    try {
      const changes = await this.changes.prepare(opsAskedFor(execution.result.effects), invocation.event);
      return await this.write(invocation, (tx) =>
        this.commits.commit(tx, invocation, call, execution, { room, changes }),
      );
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const result = refusedRun(execution.result, refusedUpdate(error));
      const refused = { ...execution, ran: result, result, bytes: 0 };
      return this.write(invocation, (tx) => this.commits.commit(tx, invocation, call, refused, { room }));
    }
  }

  /** Commits a hook whose effects the server could not commit as a failure without effects. */
  async giveUp(attachment: Attachment, event: Entry, call: HookCall): Promise<CommitResult> {
    const result = notRun('RUNNER_CRASHED', 'the server could not apply the effects of the hook');
    return this.commitUnrun(invocationOf(attachment, event), call, result);
  }

  /** Commits a hook as refused, because bots have answered each other too many times in a row. Everyone sees the error. */
  async refuse(attachment: Attachment, event: Entry, call: HookCall): Promise<CommitResult> {
    const result = notRun('LOOP_GUARD', 'bots have answered each other too many times in a row');
    return this.commitUnrun(invocationOf(attachment, event), call, result);
  }

  private commitUnrun(invocation: HookInvocation, call: HookCall, result: RunResult): Promise<CommitResult> {
    return onAccountOf(invocation.payer, () =>
      this.write(invocation, (tx) => this.commits.commit(tx, invocation, call, withoutNetwork(result))),
    );
  }

  private async write(
    { attachment }: HookInvocation,
    commit: (tx: EntityManager) => Promise<boolean>,
  ): Promise<CommitResult> {
    return (await this.database.write(commit, attachment.channelId)) ? 'committed' : 'stale';
  }
}

/** Failures of the server, not of the bot: the hook waits until the server can run it. */
const DEFERRING = new Set<BotErrorCode>([...UNAVAILABLE_CODES, 'SECRETS_UNAVAILABLE']);
