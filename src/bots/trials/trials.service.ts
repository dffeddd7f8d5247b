import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { TRIAL_KIT } from '../../../bot-sdk/kit.js';
import { Clock } from '../../kernel/clock.js';
import { contentHash } from '../../kernel/hash.js';
import type { RunPriority } from '../../runtime/runner.js';
import type { GenuineCode } from '../code/executables.js';
import { SlowReaders } from '../code/slow-readers.js';
import { type BotToTry, runTrial, type Trial } from './run-trial.js';
import { TrialStore } from './trial-store.js';

/** A bot as it would run, and the account for which it is tried. */
export interface TriedBot extends BotToTry {
  readonly code: GenuineCode;
  readonly account: string;
}

/** After this time the caller no longer waits for a sandbox; the trial continues, and its result is stored. */
const MAX_WAIT_MS = 15_000;

/**
 * Constructs bots in the place where they will run, to find their hooks and whether they can run at all. A trial has
 * the limits of a hook and waits in the queue of its account. It has no network, no secrets and no effects, and its
 * random stream is not that of any channel. Its result depends only on the program and its params, and is stored under
 * their hash.
 */
@Injectable()
export class Trials {
  private readonly running = new Map<string, { readonly trial: Promise<Trial>; readonly turn: TrialTurn }>();
  private readonly slow = new SlowReaders();

  constructor(
    private readonly clock: Clock,
    private readonly store: TrialStore,
  ) {}

  /** Throws RATE_LIMIT if too many trials of the account timed out recently. */
  async of(bot: TriedBot): Promise<Trial> {
    const hash = hashOf(bot);
    const verdict = await this.store.find(hash);
    if (verdict) {
      return 'found' in verdict
        ? { outcome: 'found', ...verdict }
        : { outcome: 'failed', error: verdict.failed, isStopped: false };
    }
    this.slow.assertMayRead(bot.account, this.clock.now());
    const running = this.running.get(hash) ?? this.begin(hash, bot);
    return Promise.race([running.trial, running.turn.tooLate]);
  }

  private begin(hash: string, bot: TriedBot) {
    const turn = new TrialTurn(bot.account, this.slow.has(bot.account, this.clock.now()));
    const trial = this.perform(hash, bot, turn).finally(() => {
      this.running.delete(hash);
      turn.began();
    });
    const running = { trial, turn };
    this.running.set(hash, running);
    return running;
  }

  private async perform(hash: string, bot: TriedBot, turn: RunPriority): Promise<Trial> {
    const trial = await runTrial(bot, turn);
    if (trial.outcome === 'found') await this.store.keep(hash, { found: trial.found });
    if (trial.outcome !== 'failed') return trial;
    // A time-out may have been caused by a busy machine, so it is not stored.
    if (!trial.isStopped) await this.store.keep(hash, { failed: trial.error });
    else this.slow.tookTooLong(bot.account, this.clock.now());
    return trial;
  }
}

function hashOf({ code, manifest, params, account }: TriedBot): string {
  const { modules, needsProcess } = code.executable;
  const { limits, needs_env, permissions } = manifest;
  const { bundleHash } = code;
  const hosts = permissions.network.length > 0;
  return contentHash(
    canonicalJson({
      account,
      bundleHash,
      hosts,
      limits: { ...limits },
      modules: [...modules],
      needsProcess,
      needs_env,
      params,
    }),
    TRIAL_KIT,
  );
}

/** The priority of a trial among the hooks of its account. `tooLate` resolves if the trial has not started in time. */
class TrialTurn implements RunPriority {
  private timer?: NodeJS.Timeout;
  readonly tooLate = new Promise<Trial>((resolve) => {
    this.timer = setTimeout(resolve, MAX_WAIT_MS, { outcome: 'no_place' }).unref();
  });

  constructor(
    readonly account: string,
    readonly isLate: boolean,
  ) {}

  waits = () => {};
  began = () => clearTimeout(this.timer);
}
