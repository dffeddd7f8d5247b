import { Injectable } from '@nestjs/common';
import { runKey } from '../../bot-sdk/chance.js';
import {
  type BotErrorCode,
  DEFAULT_LIMITS,
  type HookCall,
  type HookInput,
  type RunResult,
} from '../../bot-sdk/contract.js';
import { History } from '../messaging/history.js';
import { Database } from '../platform/database.js';
import { Runner } from '../runtime/runner.js';
import { Attachments } from './attachments.service.js';
import type { Hearing } from './effects.js';
import { Executables } from './executables.js';
import { Rounds } from './rounds.service.js';

/** Running a hook on what the log says was so at its event. Nothing of it has happened yet. */
@Injectable()
export class HookExecution {
  constructor(
    private readonly database: Database,
    private readonly runner: Runner,
    private readonly executables: Executables,
    private readonly attachments: Attachments,
    private readonly history: History,
    private readonly rounds: Rounds,
  ) {}

  async execute(hearing: Hearing, call: HookCall): Promise<RunResult> {
    const { attachment } = hearing;
    const code = await this.executables.of(this.database.read, attachment);
    if (!code) return notRun('CODE_CHANGED', 'the code is not the code that was announced');
    if (code.bundleHash !== attachment.bundleHash) await this.attachments.renew(attachment, code.bundleHash);
    const limits = { ...DEFAULT_LIMITS, ...attachment.manifest().limits };
    return this.runner.run(code, await this.inputOf(hearing, call), limits);
  }

  private async inputOf({ attachment, event, run }: Hearing, call: HookCall): Promise<HookInput> {
    const tx = this.database.read;
    const { channelId, botId, round } = attachment;
    const seed = await this.rounds.seed(tx, attachment, round);
    const entropy = await this.history.entropy(tx, channelId, event.seq);
    return {
      channel_id: channelId,
      bot_id: botId,
      call,
      now: event.ts,
      params: attachment.params(),
      state: attachment.state(),
      state_version: attachment.stateVersion,
      players: await this.history.players(tx, channelId, event.seq),
      env: {},
      key: runKey(seed, channelId, botId, round, run, entropy),
      run,
    };
  }
}

/** A hook that did not run at all. */
export const notRun = (code: BotErrorCode, detail: string): RunResult => ({
  outcome: 'killed',
  error: { code, detail },
  effects: [],
  logs: [],
  ms: 0,
});
