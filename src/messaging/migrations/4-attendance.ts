import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import type { Player } from '../../../bot-sdk/contract.js';
import { ENTROPY_TYPES, entropyIn, MEMBERSHIP_TYPES, playersAfter } from '../membership.js';

const CHANNEL = { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true };
const SEQ = { name: 'seq', type: 'integer', isPrimary: true };

interface Row {
  readonly seq: number;
  readonly type: string;
  readonly opening: string;
}

/** Adds tables for data that hooks and pages read often, and fills them from the existing logs. */
export class Attendance1700000001502 implements MigrationInterface {
  name = 'Attendance1700000001502';

  async up(runner: QueryRunner) {
    const seating = [CHANNEL, SEQ, { name: 'players', type: 'text' }];
    await runner.createTable(new Table({ name: 'seating', columns: seating }));
    const gift = [CHANNEL, SEQ, { name: 'text', type: 'text' }];
    await runner.createTable(new Table({ name: 'entropy_gift', columns: gift }));
    await runner.createIndex(
      'entry',
      new TableIndex({ name: 'ix_entry_from', columnNames: ['channel_id', 'from_id', 'type', 'seq'] }),
    );
    await runner.createIndex(
      'channel',
      new TableIndex({ name: 'ix_channel_open', columnNames: ['visibility', 'closed_at', 'created_at'] }),
    );
    const channels = await runner.manager.createQueryBuilder().select('id').from('channel', 'channel').getRawMany();
    for (const { id } of channels) await this.fill(runner, id);
  }

  async down(runner: QueryRunner) {
    await runner.dropIndex('channel', 'ix_channel_open');
    await runner.dropIndex('entry', 'ix_entry_from');
    for (const table of ['entropy_gift', 'seating']) await runner.dropTable(table);
  }

  private async fill(runner: QueryRunner, channel_id: string) {
    const rows = await runner.manager
      .createQueryBuilder()
      .select(['seq', 'type', 'opening'])
      .from('entry', 'entry')
      .where('channel_id = :channel_id AND type IN (:...types)', {
        channel_id,
        types: [...ENTROPY_TYPES, ...MEMBERSHIP_TYPES],
      })
      .orderBy('seq')
      .getRawMany<Row>();
    let players: Player[] = [];
    for (const { seq, type, opening } of rows) {
      const { body } = JSON.parse(opening);
      const text = ENTROPY_TYPES.includes(type) ? entropyIn(body) : undefined;
      if (text !== undefined) await insert(runner, 'entropy_gift', { channel_id, seq, text });
      if (!MEMBERSHIP_TYPES.includes(type)) continue;
      players = playersAfter(players, type, body);
      await insert(runner, 'seating', { channel_id, seq, players: JSON.stringify(players) });
    }
  }
}

/** Uses column names, because the entities may have other fields in a later version. */
function insert(runner: QueryRunner, table: string, row: Record<string, string | number>) {
  const columns = Object.keys(row);
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `:${column}`).join(', ')})`;
  const [query, parameters] = runner.connection.driver.escapeQueryWithParameters(sql, row);
  return runner.query(query, parameters);
}
