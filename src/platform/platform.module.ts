import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock } from '../kernel/clock.js';
import { Config } from './config.js';
import { ContextCatalog } from './context-catalog.js';
import { Database, databaseProvider, SCHEMA, type Schema } from './database.js';
import { DiskSpace } from './disk-space.js';
import { Visits } from './egress/visits.js';
import { Events } from './events.js';
import { HealthController } from './health.controller.js';
import { InFlight } from './in-flight.js';
import { Counters, MemoryCounters } from './limits/counters.js';
import { LimitsController } from './limits/limits.controller.js';
import { Rates } from './limits/rates.js';
import { RequestLimits } from './limits/request-limits.js';
import { Slots } from './limits/slots.js';
import { Turns } from './limits/turns.js';
import { createLog, type Log } from './logging.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { OperationCatalog } from './operation-catalog.js';
import { Sealing, sealingProvider } from './sealing.js';
import { UnexpectedErrors } from './unexpected-errors.js';
import { Vitals } from './vitals.js';

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
        { provide: Visits, useFactory: () => Visits.open(config.egress) },
        databaseProvider,
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
        Turns,
        sealingProvider,
        {
          provide: UnexpectedErrors,
          useFactory: (log: Log, metrics: Metrics) => new UnexpectedErrors(log, metrics),
          inject: [LOG, Metrics],
        },
        Vitals,
      ],
      exports: [
        Config,
        ContextCatalog,
        LOG,
        Database,
        Clock,
        DiskSpace,
        Events,
        InFlight,
        Metrics,
        OperationCatalog,
        Sealing,
        Turns,
        Visits,
        Vitals,
      ],
    };
  }
}
