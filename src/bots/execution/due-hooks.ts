import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Hook, HookCall } from '../../../bot-sdk/contract.js';
import type { Entry } from '../../messaging/entry.entity.js';
import { type EntryHead, History } from '../../messaging/history.js';
import { Database } from '../../platform/database/database.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { Chains } from './chains.js';
import { hookCallOf, mayFire } from './hooks.js';
import { Timers } from './timers.service.js';

/** The next hook that is due for a bot according to its log. */
export interface DueHook {
  readonly event: Entry;
  readonly call: HookCall;
  /** Bots have answered one another for too long: the hook is logged as refused and does not run. */
  readonly isRefused: boolean;
}

export interface NextHook {
  readonly due?: DueHook;
  /** The `seq` of the entry that fires it; if no hook is due, of the newest entry that was examined. */
  readonly upTo: number;
}

/** The number of entries that are read at a time. */
const PAGE = 50;

/** Finds the next entry of a channel's log that fires a hook of a bot. */
@Injectable()
export class DueHooks {
  constructor(
    private readonly database: Database,
    private readonly history: History,
    private readonly chains: Chains,
    private readonly timers: Timers,
  ) {}

  /** The first hook that is due because of an entry after `after`. */
  async next(attachment: Attachment, after: number): Promise<NextHook> {
    const db = this.database.read;
    const { channelId, botId } = attachment;
    const hooks = attachment.hooks();
    const listener = { channelId, botId, hearsBots: attachment.hears() !== undefined };
    const end = await this.history.head(db, channelId);
    let from = after;
    for (;;) {
      const heads = await this.history.heardBy(db, listener, from, end, PAGE);
      for (const head of heads) {
        const due = await this.firedBy(db, head, attachment, hooks);
        if (due) return { due, upTo: head.seq };
      }
      const last = heads.at(-1);
      if (heads.length < PAGE || !last) return { upTo: end };
      from = last.seq;
    }
  }

  private async firedBy(
    db: EntityManager,
    head: EntryHead,
    attachment: Attachment,
    hooks: readonly Hook[],
  ): Promise<DueHook | undefined> {
    const event = mayFire(head, attachment, hooks) && (await this.history.entry(db, attachment.channelId, head.seq));
    const call = event && hookCallOf(event, attachment);
    if (!call || !hooks.includes(call.hook)) return undefined;
    if (event.kind === 'timer' && !(await this.timers.stands(db, attachment, event.seq))) return undefined;
    const verdict = call.hook === 'on_event' ? await this.chains.verdict(db, event) : 'run';
    return verdict === 'pass over' ? undefined : { event, call, isRefused: verdict === 'refuse' };
  }
}
