import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ChannelStanding } from '../channels/channel-access.service.js';
import type { NextStep } from '../channels/next-step.js';
import { NextSteps } from '../channels/next-steps.js';
import { Situations } from './situation.service.js';

/** Answers the question `NextSteps` of earlier modules with the next step alone. */
@Injectable()
export class GuidedSteps extends NextSteps {
  constructor(private readonly situations: Situations) {
    super();
  }

  async of(tx: EntityManager, standing: ChannelStanding): Promise<NextStep | undefined> {
    return standing.seat && standing.channel.isOpen ? (await this.situations.of(tx, standing)).next : undefined;
  }
}
