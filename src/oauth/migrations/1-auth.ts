import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

/** The first tables: accounts, clients, sessions and tokens. */
export class Auth1 implements MigrationInterface {
  /** TypeORM orders migrations by the 13 digits at the end of the name. */
  readonly name = 'Auth1700000000001';

  async up(runner: QueryRunner) {
    for (const table of TABLES) await runner.createTable(table());
  }

  async down(runner: QueryRunner) {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table());
  }
}

const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: `${length}` });
const id = (name: string) => text(name, 40);
const hash = (name: string) => text(name, 64);
const url = (name: string) => text(name, 2000);
const json = (name: string): TableColumnOptions => ({ name, type: 'text' });
const time = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
const integer = (name: string): TableColumnOptions => ({ name, type: 'integer' });
const optional = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });

interface Keys {
  readonly references?: Record<string, string>;
  readonly indexed?: readonly string[];
  readonly unique?: readonly string[];
}

/** A table whose first column is its primary key. Indexes and constraints get the same names in every database. */
function table(name: string, [key, ...columns]: [TableColumnOptions, ...TableColumnOptions[]], keys: Keys = {}) {
  const { references = {}, indexed = [], unique = [] } = keys;
  return () =>
    new Table({
      name,
      columns: [{ ...key, isPrimary: true }, ...columns],
      indices: indexed.map((column) => ({ name: `ix_${name}_${column}`, columnNames: [column] })),
      uniques: unique.map((column) => ({ name: `uq_${name}_${column}`, columnNames: [column] })),
      foreignKeys: Object.entries(references).map(([column, referencedTableName]) => ({
        name: `fk_${name}_${column}`,
        columnNames: [column],
        referencedTableName,
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      })),
    });
}

const TABLES = [
  table('account', [id('id'), text('name', 24), time('created_at')]),
  table('oauth_client', [
    id('id'),
    text('name', 120),
    text('auth_method', 24),
    optional(hash('secret_hash')),
    json('redirect_uris'),
    json('grant_types'),
    time('created_at'),
    optional(time('first_used_at')),
  ]),
  table(
    'session',
    [
      id('id'),
      id('account_id'),
      id('client_id'),
      optional(id('machine_of')),
      json('scopes'),
      integer('used_generation'),
      time('created_at'),
    ],
    {
      references: { account_id: 'account', client_id: 'oauth_client' },
      indexed: ['account_id', 'client_id'],
      unique: ['machine_of'],
    },
  ),
  table(
    'access_token',
    [
      hash('hash'),
      id('session_id'),
      id('account_id'),
      id('client_id'),
      text('name', 24),
      json('scopes'),
      optional(url('resource')),
      time('expires_at'),
    ],
    { references: { session_id: 'session' }, indexed: ['session_id', 'expires_at'] },
  ),
  table(
    'refresh_token',
    [
      hash('hash'),
      id('session_id'),
      id('client_id'),
      integer('generation'),
      optional(url('resource')),
      optional(time('rotated_at')),
      time('expires_at'),
    ],
    { references: { session_id: 'session' }, indexed: ['session_id', 'expires_at'] },
  ),
  table(
    'authorization_code',
    [
      hash('hash'),
      id('session_id'),
      id('client_id'),
      url('redirect_uri'),
      text('code_challenge', 43),
      json('scopes'),
      optional(url('resource')),
      optional(time('used_at')),
      time('expires_at'),
    ],
    { references: { client_id: 'oauth_client' }, indexed: ['client_id', 'session_id', 'expires_at'] },
  ),
  table('consent_ticket', [hash('hash'), id('client_id'), json('request'), time('expires_at')], {
    references: { client_id: 'oauth_client' },
    indexed: ['client_id', 'expires_at'],
  }),
];
