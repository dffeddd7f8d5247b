import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Log } from './observability/logging.js';

const HOUR_MS = 3_600_000;

/** A task that runs when the server starts, and every hour after that. */
export abstract class HourlyTask implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly name: string,
    private readonly log: Log,
  ) {}

  abstract run(): Promise<void>;

  async onApplicationBootstrap() {
    await this.run();
    this.timer = setInterval(() => {
      this.run().catch((err) => this.log.error({ err }, `${this.name} failed`));
    }, HOUR_MS).unref();
  }

  onModuleDestroy() {
    clearInterval(this.timer);
  }
}
