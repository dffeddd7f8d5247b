import { setTimeout } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

/** A stop waits no longer than this for answers that are on their way. */
const LAST_ANSWERS_MS = 2_000;

/** The requests that have no whole answer yet. Waits end when a stop begins; here their answers get out before the sockets close. */
@Injectable()
export class InFlight implements BeforeApplicationShutdown {
  private readonly answers = new Set<Promise<void>>();

  follow(_request: Request, response: Response, next: NextFunction) {
    const answered: Promise<void> = new Promise<void>((resolve) => response.on('close', resolve)).then(() => {
      this.answers.delete(answered);
    });
    this.answers.add(answered);
    next();
  }

  async beforeApplicationShutdown() {
    await Promise.race([Promise.all(this.answers), setTimeout(LAST_ANSWERS_MS, undefined, { ref: false })]);
  }
}
