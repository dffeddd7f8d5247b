import { Injectable } from '@nestjs/common';
import type { Hook, JsonObject } from '../../../bot-sdk/contract.js';
import { DomainError } from '../../kernel/errors.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Database } from '../../platform/database/database.js';
import { Executables } from '../code/executables.js';
import type { Trial } from '../trials/run-trial.js';
import { faultOf, UNCLEAR_TRIAL_WARNING, warningsOf } from '../trials/trial-report.js';
import { Trials } from '../trials/trials.service.js';
import { Attachment } from './attachment.entity.js';

/** Tries bots, before their first hook, that could not be tried when they were attached. */
@Injectable()
export class LateTrials {
  constructor(
    private readonly database: Database,
    private readonly executables: Executables,
    private readonly trials: Trials,
    private readonly log: ChannelLog,
  ) {}

  /**
   * Tries the bot and announces the result to its channel; from that entry on only the hooks that were found are
   * called. Returns whether the bot was tried.
   */
  async settle(attachment: Attachment): Promise<boolean> {
    const code = await this.executables.of(this.database.read, attachment);
    // The hook then fails, and its error says why the code cannot run.
    if (!code || code.runner.lacks(code.executable)) return false;
    const { accountId: account } = attachment;
    const bot = { code, manifest: attachment.manifest(), params: attachment.params(), account };
    const trial = await this.trials.of(bot).catch(unlessRefused);
    if (trial.outcome === 'no_place') return false;
    const { channelId, botId } = attachment;
    await this.database.write(async (tx) => {
      const { hooks, notice } = outcomeOf(trial, attachment);
      const where = { channelId, botId, untriedFor: attachment.untriedFor as NonNullable<Attachment['untriedFor']> };
      const { affected } = await tx.update(Attachment, where, { hooksJson: JSON.stringify(hooks), untriedFor: null });
      if (!affected) return;
      const body = { type: 'bot:trial', bot_id: botId, hooks: [...hooks], ...notice };
      await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
    }, channelId);
    return true;
  }
}

/**
 * If the account has too many time-outs, the bot is not tried now, and its hooks continue as for a bot that was not
 * tried.
 */
function unlessRefused(error: unknown): Trial {
  if (error instanceof DomainError) return { outcome: 'no_place' };
  throw error;
}

function outcomeOf(trial: Trial, attachment: Attachment): { hooks: readonly Hook[]; notice: JsonObject } {
  const { hooks } = attachment.manifest();
  if (trial.outcome === 'found') {
    const warnings = warningsOf(trial.found, hooks);
    return { hooks: trial.found.hooks, notice: warnings.length ? { warnings } : {} };
  }
  if (trial.outcome === 'failed') return { hooks, notice: { failed: faultOf(trial.error) } };
  return { hooks, notice: { warnings: [UNCLEAR_TRIAL_WARNING] } };
}
