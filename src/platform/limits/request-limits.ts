import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { admittedBy } from '../../kernel/admission.js';
import { Metrics } from '../observability/metrics.js';
import { addressKey } from './address.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { Rates } from './rates.js';
import { RequestGate } from './request-gate.js';
import { Slots } from './slots.js';

/** The properties of a request that are known before it is authenticated. */
export interface Weight {
  readonly units: number;
  readonly isAnonymous: boolean;
}

/** Process supervisors request these paths; an overloaded server must not seem dead to them. */
const UNCOUNTED = new Set(['/health', '/healthz', '/readyz']);

/** The first middleware: admits or refuses a request before its body is read. */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly rates: Rates,
    private readonly slots: Slots,
    private readonly metrics: Metrics,
    private readonly turns: EventLoopTurns,
  ) {}

  around = (weigh: (request: Request) => Weight) => (request: Request, response: Response, next: NextFunction) => {
    const address = addressKey(request.ip);
    // Not counted, but limited to one per turn of the event loop, because a connection can pipeline hundreds of them.
    if (UNCOUNTED.has(request.path)) return void this.turns.take(address).then(() => next(), next);
    const gate = new RequestGate(this.rates, this.slots, this.metrics, this.turns, address, response);
    const { units, isAnonymous } = weigh(request);
    gate.request(units, isAnonymous).then(() => admittedBy(gate, next), next);
  };
}
