import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { bundleHashOf, type Program } from '../../bot-sdk/bundle-hash.js';
import type { Manifest } from '../../bot-sdk/contract.js';
import { KIT_HASH } from '../../bot-sdk/kit.js';
import { sha256 } from '../kernel/hash.js';
import type { Executable, Runner } from '../runtime/runner.js';
import { Runners } from '../runtime/runners.js';
import type { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import { Presets } from './presets.service.js';

/** A bot as this server would run it now, which may be on another engine or kit than was announced. */
export interface GenuineCode {
  readonly executable: Executable;
  readonly runner: Runner;
  readonly engine: string;
  readonly bundleHash: string;
}

/** What is executed for a bot, which is only ever what its channel was shown. */
@Injectable()
export class Executables {
  constructor(
    private readonly presets: Presets,
    private readonly runners: Runners,
  ) {}

  /** The code to run, or undefined when it no longer is what was announced. Checked anew for every hook. */
  async of(tx: EntityManager, attachment: Attachment): Promise<GenuineCode | undefined> {
    const { codeHash, bundleHash, kitHash: kit, engine } = attachment;
    if (attachment.preset && !this.presets.isGenuine(attachment)) return undefined;
    const code = await tx.findOneBy(BotCode, { codeHash });
    if (!code || sha256(code.source) !== codeHash) return undefined;
    const program = attachment.program();
    if (bundleHashOf(program, { kit, engine }) !== bundleHash) return undefined;
    return this.placed(
      executableOf(program, attachment.manifest(), attachment.process === 'fresh'),
      attachment.preset !== null,
    );
  }

  /** Where a bot runs: our own presets inside the server, everything else in the best place there is. */
  placed(executable: Executable, isPreset: boolean): GenuineCode {
    const runner = isPreset ? this.runners.embedded : this.runners.forStrangers;
    const engine = runner.engineOf(executable.language);
    return { executable, runner, engine, bundleHash: bundleHashOf(executable, { kit: KIT_HASH, engine }) };
  }
}

export const executableOf = (program: Program, { permissions }: Manifest, needsProcess: boolean): Executable => ({
  ...program,
  modules: permissions.modules,
  needsProcess,
});
