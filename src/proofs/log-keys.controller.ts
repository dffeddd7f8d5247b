import { Controller, Get } from '@nestjs/common';
import { Checkpoints } from './checkpoints.service.js';
import { isRefusal } from './log/log-errors.js';
import { LogKeys } from './log/log-keys.js';

/** What everyone may know about the logs of this server, without signing in. */
@Controller('.well-known')
export class LogKeysController {
  constructor(
    private readonly keys: LogKeys,
    private readonly checkpoints: Checkpoints,
  ) {}

  @Get('parley-log')
  async log() {
    const { origin, verifierKeys: keys, policy } = this.keys;
    return { origin, keys, policy, checkpoint: await this.checkpoint() };
  }

  /** Null while nothing is signed. */
  private async checkpoint(): Promise<string | null> {
    try {
      return (await this.checkpoints.ofServer()).note;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }
}
