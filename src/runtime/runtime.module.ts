import { Module } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { EmbeddedRunner } from './embedded/embedded-runner.js';
import { Runner } from './runner.js';

@Module({
  providers: [
    { provide: Runner, inject: [Config], useFactory: (config: Config) => new EmbeddedRunner(config.embeddedWorkers) },
  ],
  exports: [Runner],
})
export class RuntimeModule {}
