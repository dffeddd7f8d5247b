import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KIT, KIT_HASH } from '../../bot-sdk/kit.js';
import type { Attachment } from './attachment.entity.js';
import { rowsOf } from './executed-bundle.js';
import { ExecutedText } from './executed-text.entity.js';

/** What is executed for bots, kept by hash before it first runs: so a run can be done again when nobody runs this version any more. */
@Injectable()
export class ExecutedTexts {
  /** What this version executes for a bot that was bundled by it. */
  async keep(tx: EntityManager, attachment: Pick<Attachment, 'bundleHash' | 'engine' | 'program'>) {
    const { bundleHash, engine } = attachment;
    if (await tx.existsBy(ExecutedText, { hash: bundleHash })) return;
    const rows = rowsOf(bundleHash, attachment.program(), { kit: KIT_HASH, engine }, KIT);
    await tx.upsert(ExecutedText, rows, ['hash']);
  }
}
