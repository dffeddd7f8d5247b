import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import type { Attachment } from './attachment.entity.js';
import { Run } from './run.entity.js';

/** Which runs a bot has had. */
@Injectable()
export class RunRegister {
  after(tx: EntityManager, { channelId, botId }: Attachment, run: number, limit: number): Promise<Run[]> {
    return tx.find(Run, { where: { channelId, botId, run: MoreThan(run) }, order: { run: 'ASC' }, take: limit });
  }
}
