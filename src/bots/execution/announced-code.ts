import { Injectable } from '@nestjs/common';
import type { RunError } from '../../../bot-sdk/contract.js';
import { Database } from '../../platform/database/database.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { RuntimeChanges } from '../attachments/runtime-changes.service.js';
import { Executables, type GenuineCode } from '../code/executables.js';

/** The code that a hook of a bot runs: only code whose hash was announced to its channel. */
@Injectable()
export class AnnouncedCode {
  constructor(
    private readonly database: Database,
    private readonly executables: Executables,
    private readonly runtimeChanges: RuntimeChanges,
  ) {}

  /**
   * The code, or why it cannot run here. If kit or engine differ from the announced ones, the new ones are announced
   * first.
   */
  async of(attachment: Attachment): Promise<GenuineCode | RunError> {
    const code = await this.executables.of(this.database.read, attachment);
    if (!code) return { code: 'CODE_CHANGED', detail: 'the code differs from the code that was announced' };
    const lack = code.runner.lacks(code.executable);
    if (lack) return lack;
    if (code.bundleHash !== attachment.bundleHash) await this.runtimeChanges.announce(attachment, code);
    return code;
  }
}
