import { Injectable } from '@nestjs/common';
import { Access, type Standing } from '../channels/access.service.js';
import type { Caller } from '../kernel/caller.js';
import { Database } from '../platform/database.js';
import type { Entry } from './entry.entity.js';
import { Tail } from './tail.js';
import { Viewer } from './viewer.js';

type Seen = (entry: Entry, standing: Standing) => void;

/** Follows a channel with the eyes of one seat, for as long as they may look. */
@Injectable()
export class Watching {
  constructor(
    private readonly database: Database,
    private readonly access: Access,
    private readonly tail: Tail,
  ) {}

  /**
   * Calls back with every entry that may be seen from the seat from now on, in order. Who takes a second seat meanwhile goes on
   * looking from the first. Throws NOT_MEMBER and SEAT_AMBIGUOUS.
   */
  async follow(channelId: string, seat: string | undefined, caller: Caller, seen: Seen): Promise<() => void> {
    const began = await this.access.standing(this.database.read, channelId, caller, seat);
    let turn = Promise.resolve();
    const look = async (entry: Entry) => {
      // Asked again for each entry: who loses the seat is told nothing more.
      const standing = await this.access.again(this.database.read, began);
      if (new Viewer(standing).canSee(entry)) seen(entry, standing);
    };
    const unfollow = this.tail.follow(channelId, (entry) => {
      turn = turn.then(() => look(entry)).catch(() => unfollow());
    });
    return unfollow;
  }
}
