import type { EntityManager, EntityTarget, FindOptionsOrder, FindOptionsWhere, ObjectLiteral } from 'typeorm';

/** So many of the oldest go at once, so that a full table is counted once in as many inserts. */
const AT_ONCE = 20;

/** Rows that anyone can add without signing in. There are never more than `most`: the oldest make room for the new. */
export class Crowd<E extends ObjectLiteral> {
  /** How many more are surely welcome. What leaves for other reasons only makes it more. */
  private room = 0;

  constructor(
    private readonly entity: EntityTarget<E>,
    private readonly key: keyof E & string,
    private readonly members: FindOptionsWhere<E>,
    private readonly oldestFirst: FindOptionsOrder<E>,
    private readonly most: number,
  ) {}

  /** Called in the write that adds a row, before it is added. */
  async makeRoom(tx: EntityManager) {
    if (this.room === 0) this.room = await this.counted(tx);
    this.room -= 1;
  }

  private async counted(tx: EntityManager): Promise<number> {
    const { entity, key, members, most } = this;
    const there = await tx.countBy(entity, members);
    if (there < most) return most - there;
    const take = there - most + AT_ONCE;
    const oldest = await tx.find(entity, { where: members, order: this.oldestFirst, take });
    for (const row of oldest) await tx.delete(entity, { [key]: row[key] } as FindOptionsWhere<E>);
    return AT_ONCE;
  }
}
