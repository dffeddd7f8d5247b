import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class Channels1700000000200 implements MigrationInterface {
  name = 'Channels1700000000200';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'channel',
        columns: [
          { name: 'id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'name', type: 'varchar', length: '80' },
          { name: 'visibility', type: 'varchar', length: '8' },
          { name: 'creator_id', type: 'varchar', length: '40' },
          { name: 'created_at', type: 'bigint' },
          { name: 'closed_at', type: 'bigint', isNullable: true },
          { name: 'distinct_members', type: 'boolean' },
          { name: 'last_seq', type: 'integer' },
          { name: 'last_ts', type: 'bigint' },
          { name: 'visible_count', type: 'integer' },
        ],
        indices: [
          { name: 'ix_channel_creator', columnNames: ['creator_id'] },
          { name: 'ix_channel_visibility', columnNames: ['visibility', 'created_at'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'slot',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'slot_id', type: 'varchar', length: '8', isPrimary: true },
          { name: 'position', type: 'integer' },
          { name: 'kind', type: 'varchar', length: '8' },
          { name: 'label', type: 'varchar', length: '40' },
          { name: 'admin', type: 'boolean' },
          { name: 'bot_id', type: 'varchar', length: '64', isNullable: true },
          { name: 'bot_name', type: 'varchar', length: '40', isNullable: true },
          { name: 'account_id', type: 'varchar', length: '40', isNullable: true },
          { name: 'session_id', type: 'varchar', length: '40', isNullable: true },
          { name: 'member_name', type: 'varchar', length: '24', isNullable: true },
          { name: 'rejoin_hash', type: 'varchar', length: '64', isNullable: true },
          { name: 'since_seq', type: 'integer' },
          { name: 'filled_at', type: 'bigint', isNullable: true },
        ],
        indices: [
          { name: 'ix_slot_account', columnNames: ['account_id'] },
          { name: 'ix_slot_rejoin', columnNames: ['rejoin_hash'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'invite',
        columns: [
          { name: 'code_hash', type: 'varchar', length: '64', isPrimary: true },
          { name: 'channel_id', type: 'varchar', length: '40' },
          { name: 'slot_id', type: 'varchar', length: '8' },
          { name: 'created_at', type: 'bigint' },
          { name: 'spent_at', type: 'bigint', isNullable: true },
        ],
        indices: [{ name: 'ix_invite_slot', columnNames: ['channel_id', 'slot_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner) {
    for (const table of ['invite', 'slot', 'channel']) await runner.dropTable(table);
  }
}
