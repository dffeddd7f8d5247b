import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../bot-sdk/contract.js';
import type { ChannelStanding } from '../channels/channel-access.service.js';
import type { Slot } from '../channels/slot.entity.js';
import { Storage } from '../channels/storage/storage.service.js';
import { DomainError } from '../kernel/errors.js';
import type { EntryDraft, Signature } from './entry.js';
import { ModeRules } from './mode-rules.js';
import { Reading } from './reading.service.js';
import { Signatures } from './signatures.js';

export interface NewPost {
  readonly channelId: string;
  readonly body: unknown;
  /** A short name that the sender gives to the message. It is stored in the body, like the labels of bots. */
  readonly label?: string;
  readonly seat?: string | null;
  /** The slot id or bot id of the only recipient. */
  readonly to?: string | null;
  readonly sealed?: boolean | null;
  /** The newest id that the caller has seen: the post is refused if the caller could see a newer message. */
  readonly ifSeq?: number | null;
  readonly sig?: Signature;
  readonly waitMs: number;
}

type Speaker = ChannelStanding & Required<Pick<ChannelStanding, 'seat'>>;

/** Checks whether a member may post a message, and creates its entry. */
@Injectable()
export class Drafts {
  constructor(
    private readonly storage: Storage,
    private readonly reading: Reading,
    private readonly modeRules: ModeRules,
    private readonly signatures: Signatures,
  ) {}

  /** Throws if the sender may not post this. A nonce that was checked is used up in the same write. */
  async of(tx: EntityManager, speaker: Speaker, post: NewPost, body: JsonObject): Promise<EntryDraft> {
    const { channel, seat, slots, caller } = speaker;
    channel.assertOpen();
    if (seat.role === 'observer') throw new DomainError('OBSERVER');
    await this.storage.assertMayPost(tx, channel.id, caller.accountId, Buffer.byteLength(JSON.stringify(body)));
    await this.assertCurrent(tx, speaker, post.ifSeq);
    const to = post.to ? addressee(slots, post.to, post.sealed === true) : undefined;
    if (post.sealed && !to)
      throw new DomainError('INVALID_REQUEST', 'a sealed message needs the field to with the id of a bot');
    const kind = post.sealed ? 'sealed' : to ? 'private' : 'user';
    const freeText = await this.modeRules.isFreeText(tx, channel, body);
    const draft: EntryDraft = { kind, from: seat.slotId, to, sig: post.sig, freeText, body };
    await this.signatures.check(tx, seat, draft);
    return draft;
  }

  private async assertCurrent(tx: EntityManager, standing: ChannelStanding, ifSeq: NewPost['ifSeq']) {
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
  if (slot.role === 'observer')
    throw new DomainError('INVALID_REQUEST', 'a private message cannot be sent to an observer');
  if (sealed && !slot.botId) throw new DomainError('INVALID_REQUEST', 'only a bot can receive a sealed message');
  return slot.botId ?? slot.slotId;
}
