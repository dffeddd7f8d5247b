import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class Signatures1700000001301 implements MigrationInterface {
  name = 'Signatures1700000001301';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'signed_nonce',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'slot_id', type: 'varchar', length: '8', isPrimary: true },
          { name: 'nonce', type: 'varchar', length: '32', isPrimary: true },
        ],
      }),
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('signed_nonce');
  }
}
