import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';

const SUCCESSOR = { name: 'successor', type: 'text', isNullable: true };
const ACTIVE = { name: 'active_at', type: 'bigint', isNullable: true };
const UNUSED = new TableIndex({ name: 'ix_account_active_at_created_at', columnNames: ['active_at', 'created_at'] });

/**
 * Binds consents to a redirect URI and to the client's facts; older consents have neither, so users are asked again.
 * Refresh tokens store their successor. Accounts store when they became active; for existing accounts this is unknown,
 * so none counts as unused.
 */
export class BoundConsent1700000001506 implements MigrationInterface {
  name = 'BoundConsent1700000001506';

  async up(runner: QueryRunner) {
    await runner.dropTable('consent');
    await runner.createTable(consent([id('redirect_hash', 64), text('redirect_uri', 2000), json('facts')]));
    await runner.addColumn('refresh_token', new TableColumn(SUCCESSOR));
    await runner.addColumn('account', new TableColumn(ACTIVE));
    await runner.query('UPDATE account SET active_at = created_at');
    await runner.createIndex('account', UNUSED);
  }

  async down(runner: QueryRunner) {
    await runner.dropIndex('account', UNUSED);
    await runner.dropColumn('account', ACTIVE.name);
    await runner.dropColumn('refresh_token', SUCCESSOR.name);
    await runner.dropTable('consent');
    await runner.createTable(consent([]));
  }
}

const text = (name: string, length: number) => ({ name, type: 'varchar', length: `${length}` });
const id = (name: string, length = 40) => ({ ...text(name, length), isPrimary: true });
const json = (name: string) => ({ name, type: 'text' });

const consent = (more: ReturnType<typeof json>[]) =>
  new Table({
    name: 'consent',
    columns: [id('account_id'), id('client_id'), ...more, json('scopes'), { name: 'given_at', type: 'bigint' }],
    indices: [{ name: 'ix_consent_client_id', columnNames: ['client_id'] }],
    foreignKeys: [reference('account_id', 'account'), reference('client_id', 'oauth_client')],
  });

const reference = (column: string, table: string) => ({
  name: `fk_consent_${column}`,
  columnNames: [column],
  referencedTableName: table,
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});
