import type { ChannelMode } from './channel-mode.js';
import type { Role, SlotKind } from './slot.entity.js';

/** What happens to a channel. Announced inside the write in which it happens; `messaging` makes entries of it. */
export class ChannelOpened {
  constructor(
    readonly channelId: string,
    readonly opening: {
      name: string;
      visibility: string;
      mode: ChannelMode;
      /** Only where it is asked for: an account holds one player seat. */
      distinct_members?: true;
      slots: { slot_id: string; kind: SlotKind; label: string }[];
    },
    readonly entropy?: string,
  ) {}
}

export class MemberJoined {
  constructor(
    readonly channelId: string,
    readonly member: {
      slot_id: string;
      label: string;
      role: string;
      name: string;
      public_key?: string;
      require_sig?: boolean;
      /** Another seat here of the same account. */
      same_account_as?: string;
    },
    readonly entropy?: string,
  ) {}
}

/** What changed because a seat came to another account. */
export interface Moved {
  /** The channel that its holder made came along. */
  readonly administers: boolean;
  /** Another seat of the account that it came to. */
  readonly sameAccountAs?: string;
}

/** The same seat, used by another session. */
export class MemberRejoined {
  constructor(
    readonly channelId: string,
    readonly slotId: string,
    readonly moved: Moved,
  ) {}
}

export class MemberLeft {
  constructor(
    readonly channelId: string,
    readonly slotId: string,
    readonly role: Role,
    /** `plays`: an observer has taken a player's seat. */
    readonly reason: 'left' | 'kicked' | 'yielded' | 'plays',
  ) {}
}

/** An admin changed something: the op as it was asked for, without anything secret. */
export class ChannelUpdated {
  constructor(
    readonly channelId: string,
    readonly op: { type: string; [field: string]: unknown },
    /** The bot that did it, where one did. */
    readonly by?: string,
  ) {}
}

/**
 * A closed channel is about to be written to a file and deleted. Whoever keeps something of it adds it, as lines of JSON. Announced
 * outside any write: nothing is changed.
 */
export class ChannelRetiring {
  readonly lines: AsyncIterable<object>[] = [];

  constructor(readonly channelId: string) {}
}

/** The file of a retired channel is safe: whoever keeps something of the channel deletes it, in this write. */
export class ChannelRetired {
  constructor(readonly channelId: string) {}
}

/** The last thing that happens to a channel. Whoever still has to say something does it now. */
export class ChannelClosing {
  constructor(readonly channelId: string) {}
}
