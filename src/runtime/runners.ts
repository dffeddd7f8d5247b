import type { OnApplicationShutdown } from '@nestjs/common';
import type { DockerRunner } from './docker/docker-runner.js';
import type { EmbeddedRunner } from './embedded/embedded-runner.js';
import type { BotKey, Runner } from './runner.js';

/** Chooses the runner of a bot. Untrusted code never runs outside of one of them. */
export class Runners implements OnApplicationShutdown {
  constructor(
    readonly embedded: EmbeddedRunner,
    /** Set if a container engine answered at the start. */
    readonly docker: DockerRunner | undefined,
    /** Why no container engine is available, for the operator. */
    readonly missing: string | undefined,
  ) {}

  /** The runner for code that is not a preset. */
  get forStrangers(): Runner {
    return this.docker ?? this.embedded;
  }

  /** Starts background work. Called when the server is up, because a failed start would leave containers behind. */
  serve(): void {
    this.docker?.fillPool();
  }

  /** Removes everything of a bot. */
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
