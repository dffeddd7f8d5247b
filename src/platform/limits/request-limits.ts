import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { admittedBy } from '../../kernel/admission.js';
import { Metrics } from '../metrics.js';
import { addressKey } from './address.js';
import { Gate } from './gate.js';
import { Rates } from './rates.js';
import { Slots } from './slots.js';
import { Turns } from './turns.js';

/** What a request is to the limits before anybody knows who sends it. */
export interface Weight {
  readonly units: number;
  readonly isAnonymous: boolean;
}

/** Supervisors ask these, and a server that is asked too much is not dead. */
const UNCOUNTED = new Set(['/healthz', '/readyz']);

/** The first thing every request meets, before its body is read: it is let in or refused, and its calls after it. */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly rates: Rates,
    private readonly slots: Slots,
    private readonly metrics: Metrics,
    private readonly turns: Turns,
  ) {}

  around = (weigh: (request: Request) => Weight) => (request: Request, response: Response, next: NextFunction) => {
    const address = addressKey(request.ip);
    // Not counted, and yet one in each turn: a connection can hold hundreds of them back to back.
    if (UNCOUNTED.has(request.path)) return void this.turns.take(address).then(() => next(), next);
    const gate = new Gate(this.rates, this.slots, this.metrics, this.turns, address, response);
    const { units, isAnonymous } = weigh(request);
    gate.request(units, isAnonymous).then(() => admittedBy(gate, next), next);
  };
}
