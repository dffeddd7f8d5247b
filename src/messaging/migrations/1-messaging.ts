import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class Messaging1700000000300 implements MigrationInterface {
  name = 'Messaging1700000000300';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'entry',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'seq', type: 'integer', isPrimary: true },
          { name: 'ts', type: 'varchar', length: '24' },
          { name: 'kind', type: 'varchar', length: '8' },
          { name: 'from_id', type: 'varchar', length: '72' },
          { name: 'to_id', type: 'varchar', length: '64', isNullable: true },
          { name: 'hidden', type: 'boolean' },
          { name: 'revealed', type: 'boolean' },
          { name: 'type', type: 'varchar', length: '64', isNullable: true },
          { name: 'run', type: 'integer', isNullable: true },
          { name: 'cause_seq', type: 'integer', isNullable: true },
          { name: 'header', type: 'text' },
          { name: 'salt', type: 'varchar', length: '64' },
          { name: 'opening', type: 'text' },
          { name: 'leaf_hash', type: 'varchar', length: '71' },
        ],
        indices: [
          { name: 'ix_entry_type', columnNames: ['channel_id', 'type', 'seq'] },
          { name: 'ix_entry_cause', columnNames: ['channel_id', 'cause_seq'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('entry');
  }
}
