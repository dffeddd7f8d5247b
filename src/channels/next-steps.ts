import type { EntityManager } from 'typeorm';
import type { ChannelStanding } from './channel-access.service.js';
import type { NextStep } from './next-step.js';

/**
 * Suggests the next step of a member in a channel. Implemented by `guide`, a later module that knows whose turn it is.
 */
export abstract class NextSteps {
  /** Undefined for callers without a seat and for closed channels. */
  abstract of(tx: EntityManager, standing: ChannelStanding): Promise<NextStep | undefined>;
}
