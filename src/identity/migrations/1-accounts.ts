import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  TableColumn,
  type TableColumnOptions,
  TableIndex,
} from 'typeorm';

const LOGIN_NAME = 'uq_account_login_name';
const TOKENS = 'ix_access_token_account_id';

/** Accounts with passwords, passkeys and browser sessions, and their consents to OAuth clients. */
export class Accounts1700000001000 implements MigrationInterface {
  name = 'Accounts1700000001000';

  async up(runner: QueryRunner) {
    for (const [table, columns] of COLUMNS) {
      for (const column of columns) await runner.addColumn(table, new TableColumn(column));
    }
    await runner.createIndex(
      'account',
      new TableIndex({ name: LOGIN_NAME, columnNames: ['login_name'], isUnique: true }),
    );
    await runner.createIndex('access_token', new TableIndex({ name: TOKENS, columnNames: ['account_id'] }));
    for (const table of TABLES) await runner.createTable(table());
  }

  async down(runner: QueryRunner) {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table());
    await runner.dropIndex('access_token', TOKENS);
    await runner.dropIndex('account', LOGIN_NAME);
    for (const [table, columns] of COLUMNS) {
      for (const { name } of columns) await runner.dropColumn(table, name);
    }
  }
}

const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: `${length}` });
const id = (name: string) => text(name, 40);
const hash = (name: string) => text(name, 64);
const time = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
const json = (name: string): TableColumnOptions => ({ name, type: 'text' });
const optional = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
const key = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });

const COLUMNS: [string, TableColumnOptions[]][] = [
  ['account', [text('login_name', 24), text('password_hash', 200), time('disabled_at')].map(optional)],
  ['session', [text('label', 40), text('redirect_uri', 2000), time('used_at')].map(optional)],
  ['authorization_code', [optional(id('account_id'))]],
];

function table(name: string, columns: TableColumnOptions[], references: Record<string, string>, indexed: string[]) {
  return () =>
    new Table({
      name,
      columns,
      indices: indexed.map((column) => ({ name: `ix_${name}_${column}`, columnNames: [column] })),
      foreignKeys: Object.entries(references).map(([column, referencedTableName]) => ({
        name: `fk_${name}_${column}`,
        columnNames: [column],
        referencedTableName,
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      })),
    });
}

const OF_ACCOUNT = { account_id: 'account' };

const TABLES = [
  table(
    'account_invite',
    [
      key(hash('hash')),
      text('purpose', 12),
      text('role', 12),
      optional(text('name', 24)),
      optional(time('used_at')),
      time('expires_at'),
    ],
    {},
    ['expires_at'],
  ),
  table(
    'web_session',
    [
      key(hash('hash')),
      id('account_id'),
      text('browser', 200),
      optional(time('passkey_at')),
      time('created_at'),
      time('seen_at'),
      time('expires_at'),
    ],
    OF_ACCOUNT,
    ['account_id', 'expires_at'],
  ),
  table(
    'passkey',
    [
      key(text('id', 1400)),
      id('account_id'),
      text('label', 40),
      json('public_key'),
      time('counter'),
      json('transports'),
      time('created_at'),
      optional(time('used_at')),
    ],
    OF_ACCOUNT,
    ['account_id'],
  ),
  table('passkey_challenge', [key(hash('hash')), hash('web_hash'), text('purpose', 8), time('expires_at')], {}, [
    'expires_at',
  ]),
  table(
    'consent',
    [key(id('account_id')), key(id('client_id')), json('scopes'), time('given_at')],
    { ...OF_ACCOUNT, client_id: 'oauth_client' },
    ['client_id'],
  ),
];
