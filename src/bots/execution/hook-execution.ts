import { Injectable } from '@nestjs/common';
import type { HookCall } from '../../../bot-sdk/contract.js';
import { Database } from '../../platform/database/database.js';
import { notRun } from '../../runtime/runner.js';
import { Verdicts } from '../code/verdicts.service.js';
import { AnnouncedCode } from './announced-code.js';
import { type ExecutedHook, executedHookOf, withoutNetwork } from './executed-hook.js';
import { HookInputs } from './hook-inputs.js';
import type { HookInvocation } from './hook-invocation.js';
import { OpenedSecrets } from './opened-secrets.js';
import { RunnerCalls } from './runner-calls.js';

/** Runs a hook, with the state of the log at its event as input. Commits none of its effects. */
@Injectable()
export class HookExecution {
  constructor(
    private readonly database: Database,
    private readonly announcedCode: AnnouncedCode,
    private readonly secrets: OpenedSecrets,
    private readonly inputs: HookInputs,
    private readonly verdicts: Verdicts,
    private readonly runnerCalls: RunnerCalls,
  ) {}

  /**
   * Undefined if an admin of the server has stopped the code since the hook became due: then the hook does not start.
   */
  async execute(invocation: HookInvocation, call: HookCall): Promise<ExecutedHook | undefined> {
    const { attachment } = invocation;
    const code = await this.announcedCode.of(attachment);
    if ('code' in code) return withoutNetwork(notRun(code.code, code.detail));
    const secrets = await this.secrets.of(attachment);
    if (!secrets) return withoutNetwork(notRun('SECRETS_UNAVAILABLE', LOST_KEY));
    const input = await this.inputs.of(invocation, call, secrets.env);
    if (!(await this.verdicts.mayRun(this.database.read, attachment))) return undefined;
    const hasSecrets = secrets.commitment !== undefined;
    const { result, network } = await this.runnerCalls.call(invocation, code, input, hasSecrets);
    return executedHookOf(result, network, secrets);
  }
}

const LOST_KEY =
  'this server has lost the key to the secrets of the bot: the operator can restore the key, or an admin of the channel can attach the bot again';
