import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { BotTrial, type TrialVerdict } from './bot-trial.entity.js';

/** Older results are deleted; the program is then tried again when it is attached. */
const MAX_KEPT_TRIALS = 20_000;

/** Results of trials by hash, stored in the database. */
@Injectable()
export class TrialStore {
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  async find(trialHash: string): Promise<TrialVerdict | undefined> {
    const row = await this.database.read.findOneBy(BotTrial, { trialHash });
    return row ? JSON.parse(row.verdictJson) : undefined;
  }

  async keep(trialHash: string, verdict: TrialVerdict): Promise<void> {
    await this.database.write(async (tx) => {
      await tx.upsert(BotTrial, { trialHash, verdictJson: JSON.stringify(verdict), at: this.clock.now() }, [
        'trialHash',
      ]);
      const [last] = await tx.find(BotTrial, {
        order: { at: 'DESC', trialHash: 'ASC' },
        skip: MAX_KEPT_TRIALS,
        take: 1,
      });
      if (!last) return;
      await tx.createQueryBuilder().delete().from(BotTrial).where('at <= :at', { at: last.at }).execute();
    });
  }
}
