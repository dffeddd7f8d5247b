import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Stores what sessions watch, so that it survives a restart. */
export class KeptSessions1700000001400 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'mcp_session',
        columns: [
          { name: 'id_hash', type: 'varchar', length: '64', isPrimary: true },
          { name: 'introduction', type: 'text' },
          { name: 'watched', type: 'text' },
          { name: 'kept_at', type: 'bigint' },
        ],
        indices: [{ name: 'ix_mcp_session_kept_at', columnNames: ['kept_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('mcp_session');
  }
}
