import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

const CHANNEL: TableColumnOptions = { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true };
const BOT: TableColumnOptions = { name: 'bot_id', type: 'varchar', length: '64', isPrimary: true };

export class Bots1700000000400 implements MigrationInterface {
  name = 'Bots1700000000400';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'bot_code',
        columns: [
          { name: 'code_hash', type: 'varchar', length: '71', isPrimary: true },
          { name: 'language', type: 'varchar', length: '10' },
          { name: 'source', type: 'text' },
          { name: 'first_account_id', type: 'varchar', length: '40' },
          { name: 'first_at', type: 'bigint' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'attachment',
        columns: [
          CHANNEL,
          BOT,
          { name: 'slot_id', type: 'varchar', length: '8' },
          { name: 'name', type: 'varchar', length: '40' },
          { name: 'version', type: 'varchar', length: '32' },
          { name: 'language', type: 'varchar', length: '10' },
          { name: 'preset', type: 'varchar', length: '40', isNullable: true },
          { name: 'code_hash', type: 'varchar', length: '71' },
          { name: 'bundle_hash', type: 'varchar', length: '71' },
          { name: 'executed', type: 'text' },
          { name: 'kit_hash', type: 'varchar', length: '71' },
          { name: 'engine', type: 'varchar', length: '120' },
          { name: 'manifest_hash', type: 'varchar', length: '71' },
          { name: 'manifest', type: 'text' },
          { name: 'params', type: 'text' },
          { name: 'state', type: 'text' },
          { name: 'state_version', type: 'integer' },
          { name: 'init_seq', type: 'integer' },
          { name: 'cursor', type: 'integer' },
          { name: 'runs', type: 'integer' },
          { name: 'round', type: 'integer' },
          { name: 'unattended', type: 'integer' },
          { name: 'attached_at', type: 'bigint' },
          { name: 'removed_at', type: 'bigint', isNullable: true },
        ],
        indices: [{ name: 'ix_attachment_code', columnNames: ['code_hash'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'round',
        columns: [
          CHANNEL,
          BOT,
          { name: 'round', type: 'integer', isPrimary: true },
          { name: 'seed', type: 'varchar', length: '64' },
          { name: 'seed_commit', type: 'varchar', length: '71' },
          { name: 'revealed_seq', type: 'integer', isNullable: true },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'run',
        columns: [
          CHANNEL,
          BOT,
          { name: 'run', type: 'integer', isPrimary: true },
          { name: 'round', type: 'integer' },
          { name: 'hook', type: 'varchar', length: '20' },
          { name: 'event_seq', type: 'integer' },
          { name: 'receipt_seq', type: 'integer' },
          { name: 'outcome', type: 'varchar', length: '10' },
          { name: 'ms', type: 'integer' },
          { name: 'outputs', type: 'text' },
          { name: 'sealed', type: 'text' },
        ],
        indices: [{ name: 'ix_run_event', columnNames: ['channel_id', 'event_seq'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'bot_state',
        columns: [
          CHANNEL,
          { name: 'hash', type: 'varchar', length: '71', isPrimary: true },
          { name: 'json', type: 'text' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'bot_timer',
        columns: [
          CHANNEL,
          BOT,
          { name: 'name', type: 'varchar', length: '64', isPrimary: true },
          { name: 'due_at', type: 'bigint' },
          { name: 'fired_seq', type: 'integer', isNullable: true },
        ],
        indices: [{ name: 'ix_bot_timer_due', columnNames: ['fired_seq', 'due_at'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'heartbeat',
        columns: [
          { name: 'id', type: 'varchar', length: '20', isPrimary: true },
          { name: 'at', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner) {
    for (const table of ['heartbeat', 'bot_timer', 'bot_state', 'run', 'round', 'attachment', 'bot_code']) {
      await runner.dropTable(table);
    }
  }
}
