import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Hook, RunResult } from '../../../bot-sdk/contract.js';
import { Storage } from '../../channels/storage/storage.service.js';
import type { NetworkExchange } from '../../runtime/egress/fetch-records.js';
import type { AppliedEffects } from './effects.js';
import type { HookInvocation } from './hook-invocation.js';
import { NetworkExchanges } from './network-exchanges.js';
import { Run } from './run.entity.js';
import { RunMemory } from './run-memory.service.js';

/** A run whose effects are applied and whose receipt is in the log. */
export interface ReceiptedRun extends AppliedEffects {
  readonly hook: Hook;
  readonly result: Pick<RunResult, 'outcome' | 'ms'>;
  readonly receiptSeq: number;
  readonly exchanges: readonly NetworkExchange[];
}

/** Stores what `list_runs` and `get_run` show of a run: its row, and its exchanges with the network. */
@Injectable()
export class RunStore {
  constructor(
    private readonly storage: Storage,
    private readonly exchanges: NetworkExchanges,
    private readonly memories: RunMemory,
  ) {}

  /** Deletes the answers of the network that were kept for a repetition: a committed run is not repeated. */
  async keep(tx: EntityManager, invocation: HookInvocation, ended: ReceiptedRun) {
    const { attachment, event, run, payer } = invocation;
    const { channelId, botId, round } = attachment;
    const { hook, result, receiptSeq, outputs, sealed } = ended;
    const ms = Math.round(result.ms);
    const its = { channelId, botId, run, round, hook };
    await tx.insert(Run, { ...its, eventSeq: event.seq, receiptSeq, outcome: result.outcome, ms, outputs, sealed });
    const lists = Buffer.byteLength(JSON.stringify(outputs)) + Buffer.byteLength(JSON.stringify(sealed));
    await this.storage.charge(tx, channelId, payer, RUN_BYTES + lists);
    await this.exchanges.keep(tx, invocation, ended.exchanges);
    await this.memories.forget(tx, attachment);
  }
}

/** The bytes that a run counts in addition to its lists: its row and index entries. */
const RUN_BYTES = 400;
