import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const INDEX = 'ix_oauth_client_first_used_at_created_at';

/** An index that finds the clients without a token, oldest first. */
export class UnusedClients1700000000500 implements MigrationInterface {
  async up(runner: QueryRunner) {
    const columnNames = ['first_used_at', 'created_at'];
    await runner.createIndex('oauth_client', new TableIndex({ name: INDEX, columnNames }));
  }

  async down(runner: QueryRunner) {
    await runner.dropIndex('oauth_client', INDEX);
  }
}
