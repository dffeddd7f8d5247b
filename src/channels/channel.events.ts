import type { ChannelMode } from './channel-mode.js';
import type { Role, SlotKind } from './slot.entity.js';

/** Events of a channel, announced inside the write in which they happen; `messaging` adds them to the log. */
export class ChannelOpened {
  constructor(
    readonly channelId: string,
    readonly opening: {
      name: string;
      visibility: string;
      mode: ChannelMode;
      /** Present only if true: an account may hold only one player seat. */
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
      /** Another seat of the same account in this channel. */
      same_account_as?: string;
    },
    readonly entropy?: string,
  ) {}
}

/** What changed when a seat is used by another session. */
export interface SeatMove {
  /** What everyone may know about the new user of the seat: whether it is the same account. */
  readonly usedBy: 'another_account' | 'another_session';
  /** Whether the holder created the channel and keeps administering it. */
  readonly administers: boolean;
  /** Another seat of the account that now uses this one. */
  readonly sameAccountAs?: string;
}

/** A seat is used by another session. */
export class MemberRejoined {
  constructor(
    readonly channelId: string,
    readonly slotId: string,
    readonly moved: SeatMove,
  ) {}
}

export class MemberLeft {
  constructor(
    readonly channelId: string,
    readonly slotId: string,
    readonly role: Role,
    /**
     * `plays`: an observer has taken a player seat. `removed`: a moderator or admin of the server decided about the
     * account.
     */
    readonly reason: 'left' | 'kicked' | 'yielded' | 'plays' | 'removed',
  ) {}
}

/** An admin changed something: the op without secrets. */
export class ChannelUpdated {
  constructor(
    readonly channelId: string,
    readonly op: { type: string; [field: string]: unknown },
    /** The bot that made the change, if a bot did. */
    readonly by?: string,
  ) {}
}

/**
 * A closed channel is about to be exported and deleted. Listeners add the data they store about it, as lines of JSON.
 * Announced outside a write; nothing may change.
 */
export class ChannelRetiring {
  readonly lines: AsyncIterable<object>[] = [];

  constructor(readonly channelId: string) {}
}

/** The export of a channel is safe: listeners delete the data they store about it, in this write. */
export class ChannelRetired {
  constructor(readonly channelId: string) {}
}

/** The last event of a channel: listeners add their last entries now. */
export class ChannelClosing {
  constructor(readonly channelId: string) {}
}
