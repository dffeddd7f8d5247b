import { Injectable } from '@nestjs/common';
import type { Bundle } from '../../../bot-sdk/bundle.js';
import type { Hook, Manifest, RunError } from '../../../bot-sdk/contract.js';
import { HOOKS } from '../../../bot-sdk/contract.js';
import { withHooks } from '../../../bot-sdk/manifest.js';
import { DomainError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { UNAVAILABLE_CODES } from '../../runtime/runner.js';
import { botRefusalOf } from '../code/bot-refusal.js';
import { Verdicts } from '../code/verdicts.service.js';
import { UNCLEAR_TRIAL_WARNING, UNTRIED, type UntriedReason, warningsOf } from './trial-report.js';
import { Trials, type TriedBot } from './trials.service.js';
import { unfitCodeError } from './unfit-code-error.js';

/** A bot with code of a user, read but not yet tried. */
export interface UntriedBot extends TriedBot {
  readonly bundle: Bundle;
  readonly codeHash: string;
  /** The hooks that were found in its source. */
  readonly hooksInSource: readonly Hook[];
  /** The manifest that the caller sent. */
  readonly given?: Record<string, unknown>;
}

/** The facts about a bot at the time it is attached. */
export interface AttachTrial {
  readonly manifest: Manifest;
  /** The hooks that are called; null if they are not known yet. */
  readonly hooks: readonly Hook[] | null;
  readonly untriedFor: UntriedReason | null;
  readonly warnings: readonly string[];
}

/** Trials of bots that are being attached. Code that may not run, or not yet, is not tried. */
@Injectable()
export class AttachTrials {
  constructor(
    private readonly database: Database,
    private readonly verdicts: Verdicts,
    private readonly trials: Trials,
  ) {}

  /** Throws a DomainError if the code is blocked, cannot run, or cannot run on this server. */
  async of(candidate: UntriedBot): Promise<AttachTrial> {
    const { code, codeHash, account } = candidate;
    const { runner, executable } = code;
    const lack = runner.lacks(executable);
    if (lack) throw unfitError(lack, candidate);
    await this.verdicts.assertMayAttach(this.database.read, codeHash);
    if (!(await this.verdicts.mayRun(this.database.read, { codeHash, sparedAt: null }))) {
      // Its source is read, but not executed.
      const fault = await runner.check(executable, account);
      if (fault) throw unfitError(fault, candidate);
      return untried(candidate, 'review');
    }
    const trial = await this.trials.of(candidate);
    if (trial.outcome === 'failed') throw unfitError(trial.error, candidate);
    if (trial.outcome === 'found')
      return tried(candidate, trial.found.hooks, warningsOf(trial.found, declaredIn(candidate)));
    if (trial.outcome === 'unclear') return tried(candidate, hooksToCall(candidate), [UNCLEAR_TRIAL_WARNING]);
    // Only a sandbox can check whether a text is valid Python.
    if (executable.language === 'python')
      throw new DomainError('SANDBOX_UNAVAILABLE', undefined, { languages: runner.languages });
    return untried(candidate, 'no_place');
  }
}

function tried({ manifest, given }: UntriedBot, hooks: readonly Hook[], warnings: readonly string[]): AttachTrial {
  return { manifest: settled(manifest, given, hooks), hooks, untriedFor: null, warnings };
}

const untried = ({ manifest }: UntriedBot, reason: UntriedReason): AttachTrial => ({
  manifest,
  hooks: null,
  untriedFor: reason,
  warnings: [UNTRIED[reason]],
});

const declaredIn = ({ given }: UntriedBot) => (Array.isArray(given?.hooks) ? given.hooks.map(String) : undefined);

const hooksToCall = ({ hooksInSource, manifest }: UntriedBot) =>
  HOOKS.filter((hook) => hooksInSource.includes(hook) || manifest.hooks.includes(hook));

function settled(manifest: Manifest, given: UntriedBot['given'], hooks: readonly Hook[]): Manifest {
  try {
    return withHooks(manifest, given, [...hooks]);
  } catch (error) {
    const { code, detail, facts } = botRefusalOf(error) ?? {};
    throw code ? new DomainError(code, detail, facts) : error;
  }
}

function unfitError(error: RunError, { code: { runner }, bundle }: UntriedBot): DomainError {
  if (UNAVAILABLE_CODES.has(error.code))
    return new DomainError('SANDBOX_UNAVAILABLE', undefined, { languages: runner.languages });
  return unfitCodeError(error, bundle);
}
