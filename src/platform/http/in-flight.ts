import { setTimeout } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

/** How long a stop waits for responses in progress, in milliseconds. */
const LAST_ANSWERS_MS = 2_000;

/** The requests in progress. A stop ends long-polls; this lets their responses be sent before the sockets close. */
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
