import type { OnApplicationShutdown } from '@nestjs/common';
import type { DockerRunner } from './docker/docker-runner.js';
import type { EmbeddedRunner } from './embedded/embedded-runner.js';
import type { BotKey, Runner } from './runner.js';

/** Where bots run. Nothing a stranger wrote ever runs with less around it than one of these. */
export class Runners implements OnApplicationShutdown {
  constructor(
    readonly embedded: EmbeddedRunner,
    /** Where a container engine answered at the start. */
    readonly docker: DockerRunner | undefined,
    /** Why there is no container engine to use, for the operator. */
    readonly missing: string | undefined,
  ) {}

  /** For code that is not ours. */
  get forStrangers(): Runner {
    return this.docker ?? this.embedded;
  }

  /** The server is up. Before that a start may still fail, and would leave what it had begun. */
  serve(): void {
    this.docker?.fillPool();
  }

  /** The bot is gone: so is what was kept for it. */
  forget(bot: BotKey): void {
    this.embedded.forget(bot);
    this.docker?.forget(bot);
  }

  async close(): Promise<void> {
    await Promise.all([this.embedded.close(), this.docker?.close()]);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
