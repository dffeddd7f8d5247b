import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Access } from '../channels/access.service.js';
import { type SeatToPass, seatToPass } from '../channels/own-seats.js';
import type { Slot } from '../channels/slot.entity.js';
import { Storage } from '../channels/storage/storage.service.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Database } from '../platform/database.js';
import type { Entry } from './entry.entity.js';
import type { Signature } from './entry.js';
import { ChannelLog } from './log.service.js';
import { readBody } from './message-body.js';
import { ModeRules } from './mode-rules.js';
import { Reading } from './reading.service.js';
import { Replies } from './replies.js';
import { Signatures } from './signatures.js';

export interface Post {
  readonly channelId: string;
  readonly body: unknown;
  readonly seat?: string | null;
  /** A slot id or a bot id: said to it alone. */
  readonly to?: string | null;
  readonly sealed?: boolean | null;
  /** The newest id the caller has seen: the post is refused if there is something newer it could have seen. */
  readonly ifSeq?: number | null;
  readonly sig?: Signature;
  readonly waitMs: number;
}

export interface Posted {
  readonly entry: Entry;
  readonly replies: Entry[];
  readonly cursor: number;
  readonly seat: SeatToPass;
}

/** Members speaking. The sender is the seat of the caller's session, whatever the body says. */
@Injectable()
export class Posting {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly log: ChannelLog,
    private readonly signatures: Signatures,
    private readonly modeRules: ModeRules,
    private readonly reading: Reading,
    private readonly replies: Replies,
    private readonly storage: Storage,
  ) {}

  async post(post: Post, caller: Caller, signal: AbortSignal): Promise<Posted> {
    const body = readBody(post.body);
    const bytes = Buffer.byteLength(JSON.stringify(body));
    const { entry, standing } = await this.database.write(async (tx) => {
      const standing = await this.access.seat(tx, post.channelId, caller, post.seat);
      standing.channel.mustBeOpen();
      if (standing.seat.role === 'observer') throw new DomainError('OBSERVER');
      await this.storage.assertMaySay(tx, post.channelId, caller.accountId, bytes);
      await this.mustBeCurrent(tx, standing, post.ifSeq);
      const to = post.to ? addressee(standing.slots, post.to, post.sealed === true) : undefined;
      if (post.sealed && !to) throw new DomainError('INVALID_REQUEST', 'a sealed message needs to: a bot');
      const kind = post.sealed ? 'sealed' : to ? 'private' : 'user';
      const freeText = await this.modeRules.isFreeText(tx, standing.channel, body);
      const draft = { kind, from: standing.seat.slotId, to, sig: post.sig, freeText, body } as const;
      await this.signatures.check(tx, standing.seat, draft);
      const entry = await this.log.append(tx, post.channelId, draft);
      return { entry, standing };
    });
    await this.replies.settled(post.channelId, entry.seq, post.waitMs, signal);
    const replies = await this.reading.repliesTo(standing, entry.seq);
    const cursor = await this.reading.cursorAfter(standing, [entry.seq, ...replies.map(({ seq }) => seq)]);
    return { entry, replies, cursor, seat: seatToPass(standing) };
  }

  private async mustBeCurrent(
    tx: EntityManager,
    standing: Parameters<Reading['newest']>[1],
    ifSeq: number | null | undefined,
  ) {
    if (ifSeq === null || ifSeq === undefined) return;
    const newest = await this.reading.newest(tx, standing);
    if (newest <= ifSeq) return;
    const changes = await this.reading.countAfter(tx, standing, ifSeq);
    throw new DomainError('STALE_READ', undefined, { newest, changes_since_read: changes });
  }
}

function addressee(slots: Slot[], to: string, sealed: boolean): string {
  const slot = slots.find(({ slotId, botId }) => slotId === to || botId === to);
  if (!slot) throw new DomainError(to.startsWith('bot_') ? 'BOT_NOT_FOUND' : 'SLOT_NOT_FOUND');
  if (slot.kind === 'bot' && !slot.botId) throw new DomainError('BOT_NOT_FOUND');
  if (slot.role === 'observer') throw new DomainError('INVALID_REQUEST', 'nobody writes privately to an observer');
  if (sealed && !slot.botId) throw new DomainError('INVALID_REQUEST', 'only a bot can receive a sealed message');
  return slot.botId ?? slot.slotId;
}
