import { Channel } from '../../src/channels/channel.entity.js';

/** A private, open channel with an empty log, as it lies in the database. */
export const channelRow = (id: string): Channel =>
  Object.assign(new Channel(), {
    id,
    name: 'Room',
    visibility: 'private',
    mode: 'open',
    creatorId: 'acc_alice',
    createdAt: 1,
    closedAt: null,
    distinctMembers: false,
    lastSeq: 0,
    lastTs: 1,
    visibleCount: 0,
  });
