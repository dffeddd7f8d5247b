import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { LateTrials } from '../attachments/late-trials.service.js';
import { Verdicts } from '../code/verdicts.service.js';

/** `held`: no hook of the bot may start now. `just tried`: its hooks are known only now, so another hook may be due. */
export type Readiness = 'ready' | 'held' | 'just tried';

/** Whether a bot may start the hook that is due: an admin of the server must have allowed its code, and it must have been tried. */
@Injectable()
export class BotReadiness {
  constructor(
    private readonly database: Database,
    private readonly verdicts: Verdicts,
    private readonly lateTrials: LateTrials,
  ) {}

  /** Tries the bot if it was not tried when it was attached. */
  async of(attachment: Attachment): Promise<Readiness> {
    if (!(await this.verdicts.mayRun(this.database.read, attachment))) return 'held';
    if (attachment.untriedFor !== null && (await this.lateTrials.settle(attachment))) return 'just tried';
    return 'ready';
  }
}
