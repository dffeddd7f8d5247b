import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** Adds roles of accounts and of tokens. Existing accounts become guests. */
export class Roles1700000000800 implements MigrationInterface {
  name = 'Roles1700000000800';

  async up(runner: QueryRunner) {
    const role = { name: 'role', type: 'varchar', length: '12', default: "'guest'" };
    for (const table of ['account', 'access_token']) await runner.addColumn(table, new TableColumn(role));
  }

  async down(runner: QueryRunner) {
    for (const table of ['account', 'access_token']) await runner.dropColumn(table, 'role');
  }
}
