import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock } from '../kernel/clock.js';
import { ContextCatalog } from './catalogs/context-catalog.js';
import { OperationCatalog } from './catalogs/operation-catalog.js';
import { Config } from './config/config.js';
import { SCHEMA, type Schema } from './database/database.js';
import { databaseProviders } from './database/open-database.js';
import { TlsConnections } from './egress/tls-connections.js';
import { Events } from './events.js';
import { InFlight } from './http/in-flight.js';
import { Counters, MemoryCounters } from './limits/counters.js';
import { EventLoopTurns } from './limits/event-loop-turns.js';
import { LimitsController } from './limits/limits.controller.js';
import { Rates } from './limits/rates.js';
import { RequestLimits } from './limits/request-limits.js';
import { Slots } from './limits/slots.js';
import { DiskSpace } from './observability/disk-space.js';
import { HealthController } from './observability/health.controller.js';
import { HealthChecks } from './observability/health-checks.js';
import { createLog, type Log } from './observability/logging.js';
import { MetricsController } from './observability/metrics.controller.js';
import { Metrics } from './observability/metrics.js';
import { UnexpectedErrors } from './observability/unexpected-errors.js';
import { Sealing, sealingProvider } from './secrets/sealing.js';

export const LOG = Symbol('log');

@Global()
@Module({})
export class PlatformModule {
  static with(config: Config, schema: Schema, log: Log = createLog(config.logLevel)): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      controllers: [HealthController, LimitsController, MetricsController],
      providers: [
        { provide: Config, useValue: config },
        { provide: SCHEMA, useValue: schema },
        { provide: LOG, useValue: log },
        { provide: TlsConnections, useFactory: () => TlsConnections.open(config.egress) },
        ...databaseProviders,
        Clock,
        ContextCatalog,
        DiskSpace,
        Events,
        InFlight,
        Metrics,
        OperationCatalog,
        { provide: Counters, useFactory: () => new MemoryCounters() },
        Rates,
        RequestLimits,
        Slots,
        EventLoopTurns,
        sealingProvider,
        {
          provide: UnexpectedErrors,
          useFactory: (log: Log, metrics: Metrics) => new UnexpectedErrors(log, metrics),
          inject: [LOG, Metrics],
        },
        HealthChecks,
      ],
      exports: [
        Config,
        ContextCatalog,
        LOG,
        ...databaseProviders,
        Clock,
        DiskSpace,
        Events,
        InFlight,
        Metrics,
        OperationCatalog,
        Sealing,
        EventLoopTurns,
        TlsConnections,
        HealthChecks,
      ],
    };
  }
}
