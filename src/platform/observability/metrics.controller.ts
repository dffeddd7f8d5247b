import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Req } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError } from '../../kernel/errors.js';
import { contentHash } from '../../kernel/hash.js';
import { Config, isLoopbackHost } from '../config/config.js';
import { Metrics } from './metrics.js';

@Controller()
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** For Prometheus: requires the token METRICS_TOKEN or, if none is set, a request from this machine. */
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(@Req() request: Request): Promise<string> {
    // An unauthorised request gets 404, so that it does not reveal the endpoint.
    if (!this.mayRead(request)) throw new DomainError('NOT_FOUND');
    return this.metrics.registry.metrics();
  }

  private mayRead({ socket, headers }: Request): boolean {
    const { metricsToken } = this.config;
    if (metricsToken) return isSame(headers.authorization ?? '', `Bearer ${metricsToken}`);
    // A proxy on this machine forwards requests from elsewhere.
    const isProxied = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
    return !isProxied && isLoopbackHost((socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
  }
}

const isSame = (one: string, other: string) =>
  timingSafeEqual(Buffer.from(contentHash(one)), Buffer.from(contentHash(other)));
