import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Entry } from '../messaging/entry.entity.js';
import { History } from '../messaging/history.js';
import { isOfABot } from './hooks.js';

/** A bot may answer a bot that answered a bot, and so on: so many times since something that no bot said. */
const MOST_LINKS = 8;
/** Each answer may be heard by several bots: so many hooks run because of one thing in all. */
const MOST_RUNS = 64;
/** The channel is told of so many that did not run; the rest is passed over in silence. */
const MOST_REFUSED = 8;

/**
 * Bots answering bots. What happened because of what is read from the log's causes, so a restart forgets nothing. A chain
 * that has no end of its own is given one, and the channel goes on.
 */
@Injectable()
export class Chains {
  constructor(private readonly history: History) {}

  /** What becomes of a hook that a bot's post fires. */
  async verdict(tx: EntityManager, event: Entry): Promise<'run' | 'refuse' | 'pass over'> {
    const { origin, links } = await this.traced(tx, event);
    const runs = await this.runsBecauseOf(tx, event.channelId, origin);
    if (links <= MOST_LINKS && runs < MOST_RUNS) return 'run';
    return runs < MOST_RUNS + MOST_REFUSED ? 'refuse' : 'pass over';
  }

  /** The `seq` of what began it, and how many bots answered in a row since. */
  private async traced(tx: EntityManager, event: Entry): Promise<{ origin: number; links: number }> {
    let [origin, links] = [event, 0];
    while (isOfABot(origin) && origin.causeSeq !== null) {
      origin = (await this.history.entry(tx, event.channelId, origin.causeSeq)) as Entry;
      links += 1;
    }
    return { origin: origin.seq, links };
  }

  /** Every run leaves a receipt. */
  private async runsBecauseOf(tx: EntityManager, channelId: string, origin: number): Promise<number> {
    let runs = 0;
    for (let causes = [origin]; causes.length && runs < MOST_RUNS + MOST_REFUSED; ) {
      const caused = await this.history.causedBy(tx, channelId, causes);
      runs += caused.filter(({ kind }) => kind === 'receipt').length;
      causes = caused.filter(isOfABot).map(({ seq }) => seq);
    }
    return runs;
  }
}
