import { Controller, Get, Query } from '@nestjs/common';
import { Checkpoints } from './checkpoints.service.js';
import { isRefusal } from './log/log-errors.js';
import { LogKeys } from './log/log-keys.js';
import { LogProofs } from './log-proofs.service.js';
import { type Checkpoint, readCheckpoint, readSize } from './notes/checkpoint.js';
import { readNote } from './notes/signed-note.js';

/** What everyone may know about the logs of this server, without signing in. */
@Controller('.well-known')
export class LogKeysController {
  constructor(
    private readonly keys: LogKeys,
    private readonly checkpoints: Checkpoints,
    private readonly proofs: LogProofs,
  ) {}

  /**
   * The newest checkpoint, and the newest one that witnesses have signed. With `from_size`, the proof that the newest one
   * begins with the first leaves, for monitors.
   */
  @Get('parley-log')
  async log(@Query('from_size') from?: string) {
    const { origin, verifierKeys: keys, policy } = this.keys;
    const checkpoint = await this.checkpoint();
    const cosigned = (await this.checkpoints.cosigned()) ?? null;
    const consistency = from === undefined || !checkpoint ? {} : await this.consistency(from, checkpoint);
    return { origin, keys, policy, checkpoint, cosigned, ...consistency };
  }

  private async consistency(from: string, checkpoint: string) {
    const { size } = readCheckpoint(readNote(checkpoint)?.text ?? '') as Checkpoint;
    const since = readSize(from) ?? 0;
    // Whoever has seen more leaves than there are now sees it from the size.
    if (since < 1 || since > size) return { consistency: [] };
    const { hashes } = await this.proofs.ofGrowth(undefined, since, size);
    return { consistency: hashes.map((hash) => hash.toString('base64')) };
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
