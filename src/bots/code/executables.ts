import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { bundleHashOf, type Program } from '../../../bot-sdk/bundle-hash.js';
import type { Manifest } from '../../../bot-sdk/contract.js';
import { KIT_HASH } from '../../../bot-sdk/kit.js';
import { contentHash } from '../../kernel/hash.js';
import type { Executable, Runner } from '../../runtime/runner.js';
import { Runners } from '../../runtime/runners.js';
import { BotCode } from './bot-code.entity.js';
import { Presets } from './presets.service.js';

/** A bot as this server would run it now. Engine or kit may differ from those that were announced. */
export interface GenuineCode {
  readonly executable: Executable;
  readonly runner: Runner;
  readonly engine: string;
  readonly bundleHash: string;
}

/** A bot as it was announced to its channel. */
export interface AnnouncedBot {
  readonly name: string;
  readonly version: string;
  readonly preset: string | null;
  readonly process: 'shared' | 'fresh';
  readonly codeHash: string;
  readonly bundleHash: string;
  readonly kitHash: string;
  readonly engine: string;
  program(): Program;
  manifest(): Manifest;
}

/** Finds the code to execute for a bot, which is always the code that was announced to its channel. */
@Injectable()
export class Executables {
  constructor(
    private readonly presets: Presets,
    private readonly runners: Runners,
  ) {}

  /** The code to run; undefined if it is no longer the announced one. Checked before every hook. */
  async of(tx: EntityManager, bot: AnnouncedBot): Promise<GenuineCode | undefined> {
    const { codeHash, bundleHash, kitHash: kit, engine } = bot;
    if (bot.preset && !this.presets.isGenuine(bot)) return undefined;
    const code = await tx.findOneBy(BotCode, { codeHash });
    if (!code || contentHash(code.source) !== codeHash) return undefined;
    const program = bot.program();
    if (bundleHashOf(program, { kit, engine }) !== bundleHash) return undefined;
    return this.placed(executableOf(program, bot.manifest(), bot.process === 'fresh'), bot.preset !== null);
  }

  /** The place where a bot runs: presets inside the server, all other code in the best sandbox available. */
  placed(executable: Executable, isPreset: boolean): GenuineCode {
    const runner = isPreset ? this.runners.embedded : this.runners.forStrangers;
    const engine = runner.engineOf(executable.language);
    return {
      executable: { ...executable, isPreset },
      runner,
      engine,
      bundleHash: bundleHashOf(executable, { kit: KIT_HASH, engine }),
    };
  }
}

export const executableOf = (program: Program, { permissions }: Manifest, needsProcess: boolean): Executable => ({
  ...program,
  modules: permissions.modules,
  needsProcess,
});
