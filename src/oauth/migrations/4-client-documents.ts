import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';

const COLUMNS = [
  { name: 'document_url', type: 'varchar', length: '1000', isNullable: true },
  { name: 'fresh_until', type: 'bigint', isNullable: true },
  { name: 'jwks', type: 'text', isNullable: true },
  { name: 'jwks_uri', type: 'varchar', length: '1000', isNullable: true },
  { name: 'fingerprint', type: 'varchar', length: '64', isNullable: true },
];
const SAME = new TableIndex({ name: 'ux_oauth_client_fingerprint', columnNames: ['fingerprint'], isUnique: true });

/** Adds client documents, keys of clients, and fingerprints of registrations. */
export class ClientDocuments1700000001100 implements MigrationInterface {
  name = 'ClientDocuments1700000001100';

  async up(runner: QueryRunner) {
    await runner.addColumns(
      'oauth_client',
      COLUMNS.map((column) => new TableColumn(column)),
    );
    await runner.createIndex('oauth_client', SAME);
    await runner.createTable(usedAssertion());
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('used_assertion');
    await runner.dropIndex('oauth_client', SAME);
    await runner.dropColumns(
      'oauth_client',
      COLUMNS.map(({ name }) => name),
    );
  }
}

const usedAssertion = () =>
  new Table({
    name: 'used_assertion',
    columns: [
      { name: 'hash', type: 'varchar', length: '64', isPrimary: true },
      { name: 'expires_at', type: 'bigint' },
    ],
    indices: [{ name: 'ix_used_assertion_expires_at', columnNames: ['expires_at'] }],
  });
