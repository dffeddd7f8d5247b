import { Controller, Get, Res } from '@nestjs/common';
import { IsString } from 'class-validator';
import type { Response } from 'express';
import { Clock, isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { Describe } from '../../kernel/schema.js';
import { Database } from '../database/database.js';
import { HealthChecks } from './health-checks.js';

class NoInput {}

class Health {
  @Describe('Always healthy: an unhealthy server does not answer.') @IsString() status!: string;
  @Describe('The server clock, ISO 8601 in UTC.') @IsString() time!: string;
}

@Controller()
export class HealthController {
  constructor(
    private readonly clock: Clock,
    private readonly healthChecks: HealthChecks,
    database: Database,
  ) {
    healthChecks.add('database', async () => {
      // SQLite would answer a constant without reading the file.
      const isWell = await database.read.query('SELECT 1 FROM migrations LIMIT 1').then(
        () => true,
        () => false,
      );
      return { status: isWell ? 'ok' : 'unavailable', isWell, isNeeded: true };
    });
  }

  @Operation({
    name: 'health_check',
    title: 'Health check',
    summary: 'Check whether the server is up, and read its clock.',
    input: NoInput,
    output: Health,
    errors: [],
    reads: true,
    access: 'anyone',
    toolset: 'account',
    unlisted: true,
  })
  check(): Health {
    return this.health();
  }

  /** The health path of MCP Multiplayer, kept for its clients. */
  @Get('health')
  health(): Health {
    return { status: 'healthy', time: isoTime(this.clock.now()) };
  }

  /** Liveness, for process supervisors: always 200, with the state of each part. */
  @Get('healthz')
  async alive() {
    const { parts } = await this.healthChecks.look();
    return { status: 'ok', ...parts };
  }

  /** Readiness, for load balancers: 503 if a needed part fails. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) response: Response) {
    const { isReady, parts } = await this.healthChecks.look();
    if (!isReady) response.status(503);
    return { status: isReady ? 'ok' : 'unavailable', ...parts };
  }
}
