import type { EntityManager, EntityTarget, FindOptionsOrder, FindOptionsWhere, ObjectLiteral } from 'typeorm';

/** The number of oldest rows to delete at once, so that a full table is counted once per this many inserts. */
const AT_ONCE = 20;

/** A table to which anyone can add rows without signing in. It keeps at most `max` rows: the oldest are deleted. */
export class BoundedTable<E extends ObjectLiteral> {
  /** A lower bound of how many more rows fit. Rows deleted elsewhere only increase the real number. */
  private room = 0;

  constructor(
    private readonly entity: EntityTarget<E>,
    private readonly key: keyof E & string,
    private readonly members: FindOptionsWhere<E>,
    private readonly oldestFirst: FindOptionsOrder<E>,
    private readonly max: number,
  ) {}

  /** Call it in the write that adds a row, before the row is added. */
  async makeRoom(tx: EntityManager) {
    if (this.room === 0) this.room = await this.counted(tx);
    this.room -= 1;
  }

  private async counted(tx: EntityManager): Promise<number> {
    const { entity, key, members, max } = this;
    const count = await tx.countBy(entity, members);
    // Few, because other processes add rows as well.
    if (count < max) return Math.min(AT_ONCE, max - count);
    const take = count - max + AT_ONCE;
    const oldest = await tx.find(entity, { where: members, order: this.oldestFirst, take });
    for (const row of oldest) await tx.delete(entity, { [key]: row[key] } as FindOptionsWhere<E>);
    return AT_ONCE;
  }
}
