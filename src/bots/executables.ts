import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { bundleHashOf } from '../../bot-sdk/bundle-hash.js';
import { ENGINE } from '../../bot-sdk/engine.js';
import { KIT_HASH } from '../../bot-sdk/kit.js';
import { sha256 } from '../kernel/hash.js';
import type { Executable } from '../runtime/runner.js';
import type { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import { Presets } from './presets.service.js';

export interface GenuineCode extends Executable {
  /** Over the module with the kit and the engine of this server, which may be newer than those that were announced. */
  readonly bundleHash: string;
}

/** What is executed for a bot, which is only ever what its channel was shown. */
@Injectable()
export class Executables {
  constructor(private readonly presets: Presets) {}

  /** The code to run, or undefined when it no longer is what was announced. Checked anew for every hook. */
  async of(tx: EntityManager, attachment: Attachment): Promise<GenuineCode | undefined> {
    const { codeHash, bundleHash, executed, language, kitHash: kit, engine } = attachment;
    if (attachment.preset && !this.presets.isGenuine(attachment)) return undefined;
    const code = await tx.findOneBy(BotCode, { codeHash });
    if (!code || sha256(code.source) !== codeHash) return undefined;
    if (bundleHashOf({ executed, language, kit, engine }) !== bundleHash) return undefined;
    return { executed, language, bundleHash: bundleHashOf({ executed, language, kit: KIT_HASH, engine: ENGINE }) };
  }
}
