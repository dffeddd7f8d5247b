import { Injectable } from '@nestjs/common';
import { Between, type EntityManager, In } from 'typeorm';
import { BotState } from './bot-state.entity.js';
import { Run } from './run.entity.js';
import { RunExchange } from './run-exchange.entity.js';

/** The number of states that are read at a time: each may have a megabyte. */
const STATES = 20;

/**
 * What a repetition of runs needs beside the log. It does not know what is open: a caller asks only about runs of rounds
 * that are over.
 */
@Injectable()
export class RunEvidence {
  /** The runs that entries from `first` to `last` fired. */
  firedBetween(tx: EntityManager, channelId: string, first: number, last: number) {
    return tx.find(Run, {
      where: { channelId, eventSeq: Between(first, last) },
      select: { channelId: true, botId: true, run: true, round: true, eventSeq: true },
    });
  }

  /** Those of these states that are stored, as canonical JSON, in the given order. */
  async *states(tx: EntityManager, channelId: string, hashes: readonly string[]): AsyncGenerator<BotState> {
    for (let first = 0; first < hashes.length; first += STATES) {
      const some = hashes.slice(first, first + STATES);
      const found = await tx.findBy(BotState, { channelId, hash: In(some) });
      const byHash = new Map(found.map((state) => [state.hash, state]));
      yield* some.flatMap((hash) => byHash.get(hash) ?? []);
    }
  }

  /** What a run asked of the network and was answered, as canonical JSON, in the order of its requests. */
  exchanges(tx: EntityManager, channelId: string, botId: string, run: number): Promise<RunExchange[]> {
    return tx.find(RunExchange, { where: { channelId, botId, run }, order: { n: 'ASC' } });
  }
}
