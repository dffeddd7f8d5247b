import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KIT, KIT_HASH } from '../../../bot-sdk/kit.js';
import type { AnnouncedBot } from './executables.js';
import { rowsOf } from './executed-bundle.js';
import { ExecutedText } from './executed-text.entity.js';
import { keptKits } from './kept-kits.js';

/**
 * Stores everything that is executed for bots under its hash before it first runs, so that a run can be repeated even
 * when no server uses this version any more.
 */
@Injectable()
export class ExecutedTexts {
  /** The texts that this version executes for a bot that it has bundled. */
  async keep(tx: EntityManager, bot: Pick<AnnouncedBot, 'bundleHash' | 'engine' | 'program'>) {
    const { bundleHash, engine } = bot;
    if (await tx.existsBy(ExecutedText, { hash: bundleHash })) return;
    const rows = rowsOf(bundleHash, bot.program(), { kit: KIT_HASH, engine }, KIT);
    await tx.upsert(ExecutedText, rows, ['hash']);
  }

  /** The text with this hash; undefined if it is not stored. */
  async find(tx: EntityManager, hash: string): Promise<Pick<ExecutedText, 'kind' | 'text'> | undefined> {
    const stored = await tx.findOneBy(ExecutedText, { hash });
    const kit = stored ? undefined : keptKits().get(hash);
    return stored ?? (kit === undefined ? undefined : { kind: 'kit', text: kit });
  }
}
