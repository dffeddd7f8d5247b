import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { callingAccount } from '../../kernel/admission.js';
import { ThreadError } from '../../runtime/deadline-thread.js';
import { FairThreads } from '../../runtime/fair-threads.js';
import type { BotCode } from '../code/bot-code.entity.js';
import type { Finding } from './rules.js';

const READ_MS = 5_000;
/** One account may use all threads but one. */
const THREADS = 2;

type Question = Pick<BotCode, 'source' | 'language'>;

/**
 * Checks the code of users for an admin, in separate threads, because a source can be written so that reading it never
 * ends.
 */
@Injectable()
export class StaticChecks implements OnApplicationShutdown {
  private readonly threads: FairThreads<Question, Finding[]> = new FairThreads(
    new URL('./findings.worker.js', import.meta.url),
    { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 8 } },
    THREADS,
  );

  async of({ source, language }: Question): Promise<Finding[]> {
    return this.threads.ask(callingAccount(), { source, language }, READ_MS).catch((error) => {
      if (!(error instanceof ThreadError)) throw error;
      return [{ rule: 'unreadable', line: 1 }];
    });
  }

  async onApplicationShutdown() {
    await this.threads.stop();
  }
}
