import { Injectable } from '@nestjs/common';
import { ChannelAccess, type ChannelStanding } from '../channels/channel-access.service.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database/database.js';
import type { Entry } from './entry.entity.js';
import { Tail } from './tail.js';
import { Viewer } from './viewer.js';

type Seen = (entry: Entry, standing: ChannelStanding) => void;

/** Follows a channel from the view of one seat, as long as the caller has the right to. */
@Injectable()
export class Watching {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly tail: Tail,
  ) {}

  /**
   * Calls `seen` for every entry that the seat may see from now on, in order. A caller who takes a second seat later
   * continues with the first. Throws NOT_MEMBER and SEAT_AMBIGUOUS.
   */
  async follow(channelId: string, seat: string | undefined, caller: Caller, seen: Seen): Promise<() => void> {
    const began = await this.access.standing(this.database.read, channelId, caller, seat);
    let turn = Promise.resolve();
    const look = async (entry: Entry) => {
      // The rights are checked for each entry: after losing the seat the caller gets nothing more.
      const standing = await this.access.recheck(this.database.read, began);
      if (new Viewer(standing).canSee(entry)) seen(entry, standing);
    };
    const unfollow = this.tail.follow(channelId, ({ entry }) => {
      turn = turn.then(() => look(entry)).catch(() => unfollow());
    });
    return unfollow;
  }
}
