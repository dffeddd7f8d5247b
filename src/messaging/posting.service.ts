import { Injectable } from '@nestjs/common';
import { BotReplies } from '../channels/bot-replies.js';
import { ChannelAccess, type ChannelStanding } from '../channels/channel-access.service.js';
import { type SeatToPass, seatToPass } from '../channels/own-seats.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database/database.js';
import { Drafts, type NewPost } from './drafts.service.js';
import type { Entry } from './entry.entity.js';
import { ChannelLog } from './log.service.js';
import { readBody } from './message-body.js';
import { Reading } from './reading.service.js';

export interface Posted {
  readonly entry: Entry;
  readonly replies: Entry[];
  readonly cursor: number;
  readonly seat: SeatToPass;
}

/**
 * Posts messages of members. The sender is always the seat of the caller's session, no matter what the body contains.
 */
@Injectable()
export class Posting {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly drafts: Drafts,
    private readonly log: ChannelLog,
    private readonly reading: Reading,
    private readonly replies: BotReplies,
  ) {}

  async post(post: NewPost, caller: Caller, signal: AbortSignal): Promise<Posted> {
    const body = readBody(post.body, post.label);
    const { entry, standing } = await this.database.write(async (tx) => {
      const standing = await this.access.seat(tx, post.channelId, caller, post.seat);
      const entry = await this.log.append(tx, post.channelId, await this.drafts.of(tx, standing, post, body));
      return { entry, standing };
    }, post.channelId);
    const replies = standing.slots.some(({ botId }) => botId !== null)
      ? await this.repliesTo(standing, entry.seq, post.waitMs, signal)
      : [];
    const cursor = await this.reading.cursorAfter(standing, [entry.seq, ...replies.map(({ seq }) => seq)]);
    return { entry, replies, cursor, seat: seatToPass(standing) };
  }

  private async repliesTo(standing: ChannelStanding, seq: number, waitMs: number, signal: AbortSignal) {
    await this.replies.waitForEntry(standing.channel.id, seq, waitMs, signal);
    return this.reading.repliesTo(standing, seq);
  }
}
