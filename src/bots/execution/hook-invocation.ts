import type { Entry } from '../../messaging/entry.entity.js';
import type { Attachment } from '../attachments/attachment.entity.js';

/** One hook of a bot with the bot as it was before: the entry that fires it, and the number of its run. */
export interface HookInvocation {
  readonly attachment: Attachment;
  readonly run: number;
  readonly event: Entry;
  /** The account to which the hook's data is charged: the one that caused its event. */
  readonly payer: string;
}

/** Timers, and events without an account, are charged to the account that attached the bot. */
export const invocationOf = (attachment: Attachment, event: Entry): HookInvocation => ({
  attachment,
  event,
  run: attachment.runs + 1,
  payer: (event.kind !== 'timer' && event.accountId) || attachment.accountId,
});
