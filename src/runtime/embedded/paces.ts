import { BoundedMap } from '../../kernel/bounded-map.js';
import type { BotKey } from '../runner.js';

/** The number of consecutive shorter runs after which a bot starts one step earlier. */
const QUICK_RUNS = 5;
/** The maximum number of remembered bots and accounts; the least recently used is forgotten. */
const MAX_KNOWN = 20_000;
/** The last step at which a hook of an unknown bot may start, even if other bots of its account are slower. */
const UNKNOWN_STEP = 1;

interface Pace {
  readonly step: number;
  /** The number of consecutive runs that needed less. */
  readonly quickRuns: number;
}

/**
 * Remembers at which step of the time slices the next hook of each bot starts, by its recent running times. A bot that
 * needed longer starts at that step until it was short for several runs. A new bot starts at a step given by its
 * account's other bots, so that attaching many endless bots does not block the first lane.
 */
export class Paces {
  private readonly bots: BoundedMap<Pace>;
  private readonly accounts: BoundedMap<Pace>;

  /** @param slices the milliseconds of each step, in ascending order; one further step follows the last */
  constructor(
    private readonly slices: readonly number[],
    maxKnown = MAX_KNOWN,
  ) {
    this.bots = new BoundedMap(maxKnown);
    this.accounts = new BoundedMap(maxKnown);
  }

  /** The step at which the next hook of this bot starts. */
  stepOf(account: string, bot: BotKey): number {
    const pace = this.bots.get(keyOf(bot));
    return pace?.step ?? Math.min(UNKNOWN_STEP, this.accounts.get(account)?.step ?? 0);
  }

  /** Call it when a run needs more time than this step allows. */
  overran(account: string, bot: BotKey, step: number): void {
    this.learn(account, bot, (pace) => (step < pace.step ? pace : { step: step + 1, quickRuns: 0 }));
  }

  /** Call it when a run has ended, after `ms` milliseconds. */
  ended(account: string, bot: BotKey, ms: number): void {
    const fits = this.slices.findIndex((slice) => ms < slice);
    const neededStep = fits < 0 ? this.slices.length : fits;
    this.learn(account, bot, ({ step, quickRuns }) => {
      if (neededStep >= step) return { step: neededStep, quickRuns: 0 };
      return quickRuns + 1 < QUICK_RUNS ? { step, quickRuns: quickRuns + 1 } : { step: step - 1, quickRuns: 0 };
    });
  }

  /** Forgets a removed bot, but not its account. */
  forget(bot: BotKey): void {
    this.bots.delete(keyOf(bot));
  }

  private learn(account: string, bot: BotKey, next: (pace: Pace) => Pace) {
    const unknown = { step: this.stepOf(account, bot), quickRuns: 0 };
    this.bots.set(keyOf(bot), next(this.bots.get(keyOf(bot)) ?? unknown));
    this.accounts.set(account, next(this.accounts.get(account) ?? { step: 0, quickRuns: 0 }));
  }
}

const keyOf = ({ channel_id, bot_id }: BotKey) => `${channel_id} ${bot_id}`;
