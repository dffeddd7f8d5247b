import { Controller, Get, Res } from '@nestjs/common';
import { IsString } from 'class-validator';
import type { Response } from 'express';
import { Clock, isoTime } from '../kernel/clock.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from './database.js';
import { Vitals } from './vitals.js';

class NoInput {}

class Health {
  @Describe('Always healthy: a server that is not does not answer.') @IsString() status!: string;
  @Describe('The server clock, ISO 8601 in UTC.') @IsString() time!: string;
}

@Controller()
export class HealthController {
  constructor(
    private readonly clock: Clock,
    private readonly vitals: Vitals,
    database: Database,
  ) {
    vitals.toldBy('database', async () => {
      // A constant would be answered without a look at the file.
      const isWell = await database.read.query('SELECT 1 FROM sqlite_master LIMIT 1').then(
        () => true,
        () => false,
      );
      return { status: isWell ? 'ok' : 'unavailable', isWell, isNeeded: true };
    });
  }

  @Operation({
    name: 'health_check',
    title: 'Health check',
    summary: 'Tell whether the server is up and what time it has.',
    input: NoInput,
    output: Health,
    errors: [],
    reads: true,
    access: 'anyone',
  })
  check() {
    return { status: 'healthy', time: isoTime(this.clock.now()) };
  }

  /** For process supervisors: the process answers, and says how its parts do. */
  @Get('healthz')
  async alive() {
    const { parts } = await this.vitals.look();
    return { status: 'ok', ...parts };
  }

  /** For load balancers: what the server cannot do without answers too. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) response: Response) {
    const { isReady, parts } = await this.vitals.look();
    if (!isReady) response.status(503);
    return { status: isReady ? 'ok' : 'unavailable', ...parts };
  }
}
