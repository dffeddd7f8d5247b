import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Bundle, prepare } from '../../bot-sdk/bundle.js';
import type { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import { Presets } from './presets.service.js';

/** How many bundles are kept ready. They are small; making one again costs a few milliseconds. */
const KEPT = 500;

/** What is executed for a bot, which is only ever what its channel was shown. */
@Injectable()
export class Executables {
  private readonly ready = new Map<string, Bundle>();

  constructor(private readonly presets: Presets) {}

  /** The bundle to run, or undefined when the code no longer is what was announced. Checked anew for every hook. */
  async of(tx: EntityManager, attachment: Attachment): Promise<Bundle | undefined> {
    const { codeHash, bundleHash, name, language } = attachment;
    if (attachment.preset && !this.presets.isGenuine(attachment)) return undefined;
    const code = await tx.findOneBy(BotCode, { codeHash });
    if (!code) return undefined;
    const known = this.ready.get(bundleHash);
    const bundle = known?.source === code.source ? known : prepare(code.source, language, name);
    if (bundle.codeHash !== codeHash || bundle.bundleHash !== bundleHash) return undefined;
    this.keep(bundle);
    return bundle;
  }

  private keep(bundle: Bundle) {
    this.ready.delete(bundle.bundleHash);
    this.ready.set(bundle.bundleHash, bundle);
    if (this.ready.size > KEPT) this.ready.delete(this.ready.keys().next().value as string);
  }
}
