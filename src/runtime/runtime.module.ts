import { Module } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Config } from '../platform/config/config.js';
import { TlsConnections } from '../platform/egress/tls-connections.js';
import type { Log } from '../platform/observability/logging.js';
import { LOG } from '../platform/platform.module.js';
import { Egress } from './egress/egress.js';
import { EmbeddedRunner } from './embedded/embedded-runner.js';
import { openDocker } from './open-docker.js';
import { Runners } from './runners.js';
import { SandboxWatch } from './sandbox-watch.js';

@Module({
  providers: [
    {
      provide: Runners,
      inject: [Config, LOG],
      useFactory: async (config: Config, log: Log) => {
        const { docker, missing } = await openDocker(config, log);
        return new Runners(new EmbeddedRunner(config.embeddedWorkers), docker, missing);
      },
    },
    {
      provide: Egress,
      inject: [TlsConnections, Clock],
      useFactory: (connections: TlsConnections, clock: Clock) => new Egress(connections, clock),
    },
    SandboxWatch,
  ],
  exports: [Runners, Egress],
})
export class RuntimeModule {}
