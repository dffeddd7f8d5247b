import { Controller, Get, Res } from '@nestjs/common';
import { IsString } from 'class-validator';
import type { Response } from 'express';
import { Clock, isoTime } from '../kernel/clock.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from './database.js';

class NoInput {}

class Health {
  @Describe('Always healthy: a server that is not does not answer.') @IsString() status!: string;
  @Describe('The server clock, ISO 8601 in UTC.') @IsString() time!: string;
}

@Controller()
export class HealthController {
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

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

  /** For process supervisors: the process answers. */
  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** For load balancers: the database answers too. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) response: Response) {
    // A constant would be answered without a look at the file.
    const answers = await this.database.read.query('SELECT 1 FROM sqlite_master LIMIT 1').then(
      () => true,
      () => false,
    );
    if (answers) return { status: 'ok' };
    response.status(503);
    return { status: 'unavailable' };
  }
}
