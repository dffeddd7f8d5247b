import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Stores who held which player seat when. For the time before, only the current holders are known. */
export class SeatTenures1700000001507 implements MigrationInterface {
  name = 'SeatTenures1700000001507';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'seat_tenure',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'channel_id', type: 'varchar', length: '40' },
          { name: 'slot_id', type: 'varchar', length: '8' },
          { name: 'account_id', type: 'varchar', length: '40' },
          { name: 'joined_seq', type: 'integer' },
          { name: 'left_seq', type: 'integer', isNullable: true },
        ],
        indices: [{ name: 'ix_seat_tenure_channel', columnNames: ['channel_id', 'left_seq'] }],
      }),
    );
    await runner.query(
      `INSERT INTO seat_tenure (channel_id, slot_id, account_id, joined_seq, left_seq)
       SELECT channel_id, slot_id, account_id, since_seq + 1, NULL FROM slot
       WHERE account_id IS NOT NULL AND kind = 'invite'`,
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('seat_tenure');
  }
}
