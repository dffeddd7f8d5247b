import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

/** Adds the secrets of bots, the lines that they print, and pauses by admins of a channel. */
export class Debugging1700000001200 implements MigrationInterface {
  name = 'Debugging1700000001200';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'bot_env',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'bot_id', type: 'varchar', length: '64', isPrimary: true },
          { name: 'names', type: 'text' },
          { name: 'commitment', type: 'varchar', length: '71' },
          { name: 'sealed', type: 'text' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'bot_log',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'bot_id', type: 'varchar', length: '64', isPrimary: true },
          { name: 'run', type: 'integer', isPrimary: true },
          { name: 'bytes', type: 'integer' },
          { name: 'lines', type: 'text' },
        ],
      }),
    );
    await runner.addColumn('attachment', new TableColumn({ name: 'paused_at', type: 'bigint', isNullable: true }));
  }

  async down(runner: QueryRunner) {
    await runner.dropColumn('attachment', 'paused_at');
    await runner.dropTable('bot_log');
    await runner.dropTable('bot_env');
  }
}
