import type { EntityManager } from 'typeorm';
import { Decision } from './decision.entity.js';

/** The newest decision about a source; null if there is none. */
export const newestDecision = (tx: EntityManager, codeHash: string): Promise<Decision | null> =>
  tx.findOne(Decision, { where: { codeHash }, order: { id: 'DESC' } });
