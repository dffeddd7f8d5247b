import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { Channel } from './channel.entity.js';
import { Slot } from './slot.entity.js';

interface Found {
  readonly id: string;
  readonly createdAt: number;
}

const OWN = 'channel.creatorId = :accountId';
const SEATED = 'channel.id IN (:...seated)';
const PUBLIC = "channel.visibility = 'public' AND channel.closedAt IS NULL";

/**
 * The ids of channels that the caller created or is a member of, and of open public ones; newest first. Three separate
 * queries, because each uses its own index; a combined condition would scan all channels.
 */
export async function visibleIds(tx: EntityManager, { accountId }: Caller, limit: number, offset: number) {
  const most = Math.min(offset + limit, Number.MAX_SAFE_INTEGER);
  const kinds = [
    from(tx).where(OWN, { accountId }),
    from(tx).where(SEATED, { seated: await seatedIn(tx, accountId) }),
    from(tx).where(PUBLIC),
  ];
  const createdAtById = new Map<string, number>();
  for (const kind of kinds) {
    for (const { id, createdAt } of await newest(kind, most)) createdAtById.set(id, Number(createdAt));
  }
  const sorted = [...createdAtById].sort(([a, at], [b, bt]) => bt - at || (a < b ? -1 : 1));
  return sorted.slice(offset, offset + limit).map(([id]) => id);
}

/** The number of these channels. */
export async function visibleCount(tx: EntityManager, { accountId }: Caller): Promise<number> {
  const seated = await seatedIn(tx, accountId);
  const everyones = await from(tx).where(PUBLIC).getCount();
  const own = await from(tx).where(`${OWN} AND NOT (${PUBLIC})`, { accountId }).getCount();
  const others = await from(tx)
    .where(`${SEATED} AND channel.creatorId <> :accountId AND NOT (${PUBLIC})`, { seated, accountId })
    .getCount();
  return everyones + own + others;
}

const from = (tx: EntityManager) => tx.createQueryBuilder(Channel, 'channel');

const newest = (query: SelectQueryBuilder<Channel>, most: number): Promise<Found[]> =>
  query
    .select(['channel.id AS id', 'channel.createdAt AS "createdAt"'])
    .orderBy('channel.createdAt', 'DESC')
    .addOrderBy('channel.id', 'ASC')
    .limit(most)
    .getRawMany<Found>();

/** Never empty, because `IN ()` is not valid SQL. */
async function seatedIn(tx: EntityManager, accountId: string): Promise<string[]> {
  const seats = await tx
    .createQueryBuilder(Slot, 'slot')
    .select('DISTINCT slot.channelId', 'id')
    .where('slot.accountId = :accountId', { accountId })
    .getRawMany<{ id: string }>();
  return ['', ...seats.map(({ id }) => id)];
}
