import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BotCode } from './bot-code.entity.js';

/** Every source that was ever attached here, by its hash. */
@Injectable()
export class Sources {
  /** Undefined if it was never attached here. */
  async find(tx: EntityManager, codeHash: string): Promise<Pick<BotCode, 'language' | 'source'> | undefined> {
    return (await tx.findOneBy(BotCode, { codeHash })) ?? undefined;
  }

  async of(tx: EntityManager, codeHash: string): Promise<string> {
    return (await tx.findOneByOrFail(BotCode, { codeHash })).source;
  }
}
