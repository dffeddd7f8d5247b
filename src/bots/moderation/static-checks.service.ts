import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DeadlineThread, ThreadFailure } from '../../runtime/deadline-thread.js';
import type { BotCode } from '../bot-code.entity.js';
import type { Finding } from './rules.js';

const READ_MS = 5_000;

type Question = Pick<BotCode, 'source' | 'language'>;

/** Looks through strangers' code for an admin, in a thread of its own: a source can be written to take for ever to read. */
@Injectable()
export class StaticChecks implements OnApplicationShutdown {
  private readonly thread = new DeadlineThread<Question, Finding[]>(new URL('./findings.worker.js', import.meta.url), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 8 },
  });

  async of({ source, language }: Question): Promise<Finding[]> {
    return this.thread.ask({ source, language }, READ_MS).catch((error) => {
      if (!(error instanceof ThreadFailure)) throw error;
      return [{ rule: 'unreadable', line: 1 }];
    });
  }

  async onApplicationShutdown() {
    await this.thread.stop();
  }
}
