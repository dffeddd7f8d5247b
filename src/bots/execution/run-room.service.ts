import { Injectable } from '@nestjs/common';
import type { RunError } from '../../../bot-sdk/contract.js';
import { clocksOf, MAX_MOVE_BYTES, Storage, statesOf } from '../../channels/storage/storage.service.js';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { DiskSpace } from '../../platform/observability/disk-space.js';
import type { HookInvocation } from './hook-invocation.js';
import { OutputBudget } from './output-budget.js';

/** The storage that is reserved for one run. `account`: the account to which it is charged. */
export interface ReservedRoom {
  readonly account: string;
}

/**
 * Whether the results of a hook can be stored, and for which account. This is decided before the hook runs and never
 * depends on what it produces: a refusal that depends on the size of a result would reveal something about hidden
 * state, and a player could cause it in order to have a bad result refused.
 */
@Injectable()
export class RunRoom {
  private readonly budget = new OutputBudget();

  constructor(
    private readonly database: Database,
    private readonly storage: Storage,
    private readonly clock: Clock,
    private readonly disk: DiskSpace,
  ) {}

  /**
   * Reserves room for all possible results of a hook, or returns why there is none. It is charged to the account that
   * attached the bot while its share has room, then to the account that caused the hook, up to twice its share, so that
   * a game that has begun can end. The timers of each bot also have a separate share, because the account that attached
   * the bot may belong to a player whose time is running out.
   */
  async reserve(invocation: HookInvocation): Promise<ReservedRoom | RunError> {
    const { attachment, event, payer } = invocation;
    const { channelId, accountId, slotId } = attachment;
    if (!(await this.mayWriteMore(invocation))) return TOO_MUCH_RECENTLY;
    const { read } = this.database;
    const isClock = event.kind === 'timer';
    if (await this.storage.hasRoom(read, channelId, accountId)) return { account: accountId };
    // From here on states are charged to a separate share, which moves of other members do not use up.
    if (!isClock && !(await this.storage.hasReserve(read, channelId, statesOf(payer)))) return NO_ROOM;
    for (const account of isClock ? [accountId, clocksOf(slotId)] : [payer]) {
      if (await this.storage.hasReserve(read, channelId, account)) return { account };
    }
    return NO_ROOM;
  }

  /**
   * The account that pays for a run: the one that caused it if the result is at most as large as a move, otherwise the
   * reserved one.
   */
  payerOf({ event, payer }: HookInvocation, { account }: ReservedRoom, bytes: number): string {
    return event.kind !== 'timer' && bytes <= MAX_MOVE_BYTES ? payer : account;
  }

  /** Counts the bytes that a run has written, within the write that commits it. */
  spend(invocation: HookInvocation, bytes: number): void {
    this.database.afterCommit(() => this.budget.spend(writerOf(invocation), bytes, this.clock.now()));
  }

  /** Reads the free space of the disk only if the answer depends on it. */
  private async mayWriteMore(invocation: HookInvocation): Promise<boolean> {
    const [writer, now] = [writerOf(invocation), this.clock.now()];
    const isWithin = (isDiskLow: boolean) => this.budget.hasRoom(writer, now, isDiskLow);
    return isWithin(true) || (isWithin(false) && !(await this.disk.isLow()));
  }
}

const TOO_MUCH_RECENTLY: RunError = {
  code: 'OUTPUT_LIMIT',
  detail: 'the bot has written too much in answer to this member in the last minute',
};
const NO_ROOM: RunError = { code: 'OUTPUT_LIMIT', detail: 'the storage quota for what this bot writes is used up' };

/**
 * The key under which the output of the bot is limited. Its timers have a separate key, so that no member's messages
 * can block them.
 */
const writerOf = ({ attachment, event, payer }: HookInvocation) =>
  `${attachment.channelId} ${attachment.botId} ${event.kind === 'timer' ? 'timer' : payer}`;
