import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Entry } from '../../messaging/entry.entity.js';
import { History } from '../../messaging/history.js';
import { isBotPost } from './hooks.js';

/** The maximum number of bots that answer one another in a row, counted from the last entry that is not from a bot. */
const MAX_LINKS = 8;
/** The maximum number of runs that one entry causes in all, because several bots may hear each answer. */
const MAX_RUNS = 64;
/** The number of further hooks that are logged as refused; all others are skipped without an entry. */
const MAX_REFUSED = 8;

/** Limits how long bots answer one another. The causes are read from the log, so a restart forgets nothing. */
@Injectable()
export class Chains {
  constructor(private readonly history: History) {}

  /** What happens to a hook that a post of a bot fires. */
  async verdict(tx: EntityManager, event: Entry): Promise<'run' | 'refuse' | 'pass over'> {
    const { origin, links } = await this.traced(tx, event);
    const runs = await this.runsBecauseOf(tx, event.channelId, origin);
    if (links <= MAX_LINKS && runs < MAX_RUNS) return 'run';
    return runs < MAX_RUNS + MAX_REFUSED ? 'refuse' : 'pass over';
  }

  /** The `seq` of the entry that started the chain, and the number of bots that have answered in a row since. */
  private async traced(tx: EntityManager, event: Entry): Promise<{ origin: number; links: number }> {
    let [origin, links] = [event, 0];
    while (isBotPost(origin) && origin.causeSeq !== null) {
      origin = (await this.history.entry(tx, event.channelId, origin.causeSeq)) as Entry;
      links += 1;
    }
    return { origin: origin.seq, links };
  }

  /** Counts receipts, because every run leaves one. */
  private async runsBecauseOf(tx: EntityManager, channelId: string, origin: number): Promise<number> {
    let runs = 0;
    for (let causes = [origin]; causes.length && runs < MAX_RUNS + MAX_REFUSED; ) {
      const caused = await this.history.causedBy(tx, channelId, causes);
      runs += caused.filter(({ kind }) => kind === 'receipt').length;
      causes = caused.filter(isBotPost).map(({ seq }) => seq);
    }
    return runs;
  }
}
