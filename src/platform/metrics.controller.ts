import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Req } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError } from '../kernel/errors.js';
import { sha256 } from '../kernel/hash.js';
import { Config, isLoopbackHost } from './config.js';
import { Metrics } from './metrics.js';

@Controller()
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** For Prometheus: with the token of METRICS_TOKEN, or, where none is set, from this very machine. */
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(@Req() request: Request): Promise<string> {
    // What may not be seen does not exist.
    if (!this.mayRead(request)) throw new DomainError('NOT_FOUND');
    return this.metrics.registry.metrics();
  }

  private mayRead({ socket, headers }: Request): boolean {
    const { metricsToken } = this.config;
    if (metricsToken) return isSame(headers.authorization ?? '', `Bearer ${metricsToken}`);
    // A proxy on this machine speaks for somebody who is not.
    const isProxied = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
    return !isProxied && isLoopbackHost((socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
  }
}

const isSame = (one: string, other: string) => timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));
