import { Injectable } from '@nestjs/common';
import { ChannelAccess, type ChannelNow } from '../channels/channel-access.service.js';
import type { Slot } from '../channels/slot.entity.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Sealing } from '../platform/secrets/sealing.js';
import type { TranscriptScope } from './transcript-scope.js';

/** How long a link is valid. It can be used more than once, because browsers and models repeat downloads. */
const VALID_MS = 600_000;
/** For what a link is encrypted. */
const PLACE = 'transcript link';

export type LinkOwner = Pick<Caller, 'accountId' | 'clientId'>;

/** The content of a link, which only the server can read or make. */
interface Link {
  readonly scope: TranscriptScope;
  readonly owner: LinkOwner;
  readonly expires: number;
}

/** Links to transcripts for programs that cannot send a token, such as the browser of a person who uses a hosted model. */
@Injectable()
export class TranscriptLinks {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly sealing: Sealing,
    private readonly database: Database,
    private readonly access: ChannelAccess,
  ) {}

  /** A link to exactly this transcript, valid for a few minutes and while the owner may still read it. */
  issue(scope: TranscriptScope, { accountId, clientId }: LinkOwner) {
    const expires = this.clock.now() + VALID_MS;
    const link: Link = { scope, owner: { accountId, clientId }, expires };
    const query = new URLSearchParams({ link: this.sealing.seal(JSON.stringify(link), PLACE) });
    return { url: `${this.config.publicUrl}/channels/${scope.channelId}/transcript?${query}`, expires };
  }

  /** The transcript of a link and who made it. Throws TRANSCRIPT_LINK_INVALID. */
  async open(text: string, channelId: string): Promise<Link> {
    const link = this.read(text);
    const isFor = link?.scope.channelId === channelId && this.clock.now() < link.expires;
    if (!isFor || !mayStillRead(link, await this.access.now(this.database.read, channelId))) {
      throw new DomainError('TRANSCRIPT_LINK_INVALID');
    }
    return link;
  }

  private read(text: string): Link | undefined {
    try {
      return JSON.parse(this.sealing.open(text, PLACE)) as Link;
    } catch {
      return undefined;
    }
  }
}

/** Whether the owner still holds the seat; without a seat, whether the channel is public or the owner created it. */
function mayStillRead({ scope: { seat }, owner: { accountId } }: Link, { channel, slots }: ChannelNow): boolean {
  if (!channel || channel.retiredAt !== null) return false;
  if (!seat) return channel.visibility === 'public' || channel.creatorId === accountId;
  const isSame = (slot: Slot) => slot.slotId === seat.slotId && slot.sinceSeq === seat.sinceSeq;
  return slots.some((slot) => isSame(slot) && slot.accountId === accountId);
}
