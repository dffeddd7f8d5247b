import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';

const CODE_INDICES = [
  new TableIndex({ name: 'ix_bot_code_first_at', columnNames: ['first_at', 'code_hash'] }),
  new TableIndex({ name: 'ix_bot_code_status', columnNames: ['status', 'first_at'] }),
];
const RUN_INDEX = new TableIndex({ name: 'ix_run_outcome', columnNames: ['channel_id', 'bot_id', 'outcome'] });

/** Adds decisions of admins about code, and reports of members about bots. */
export class Moderation1700000000700 implements MigrationInterface {
  name = 'Moderation1700000000700';

  async up(runner: QueryRunner) {
    await runner.addColumns('bot_code', [
      new TableColumn({ name: 'status', type: 'varchar', length: '12', default: "'unseen'" }),
      new TableColumn({ name: 'cleared_at', type: 'bigint', isNullable: true }),
    ]);
    await runner.createIndices('bot_code', CODE_INDICES);
    await runner.addColumn(
      'attachment',
      new TableColumn({ name: 'stopped_for', type: 'varchar', length: '20', isNullable: true }),
    );
    await runner.createIndex('run', RUN_INDEX);
    for (const table of [decisions(), reports()]) await runner.createTable(table);
    // Older channels run presets of versions that no longer ship; their code was ours, too.
    await runner.query(
      "UPDATE bot_code SET status = 'allowed', cleared_at = first_at WHERE code_hash IN (SELECT code_hash FROM attachment WHERE preset IS NOT NULL)",
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('bot_report');
    await runner.dropTable('decision');
    await runner.dropIndex('run', RUN_INDEX);
    await runner.dropColumn('attachment', 'stopped_for');
    await runner.dropIndices('bot_code', CODE_INDICES);
    await runner.dropColumns('bot_code', ['status', 'cleared_at']);
  }
}

const decisions = () =>
  new Table({
    name: 'decision',
    columns: [
      { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      { name: 'code_hash', type: 'varchar', length: '71' },
      { name: 'verdict', type: 'varchar', length: '12' },
      { name: 'reason_code', type: 'varchar', length: '20' },
      { name: 'note', type: 'varchar', length: '1000' },
      { name: 'account_id', type: 'varchar', length: '40' },
      { name: 'decided_at', type: 'bigint' },
    ],
    indices: [{ name: 'ix_decision_code', columnNames: ['code_hash', 'id'] }],
  });

const reports = () =>
  new Table({
    name: 'bot_report',
    columns: [
      { name: 'id', type: 'varchar', length: '40', isPrimary: true },
      { name: 'code_hash', type: 'varchar', length: '71' },
      { name: 'channel_id', type: 'varchar', length: '40' },
      { name: 'bot_id', type: 'varchar', length: '64' },
      { name: 'account_id', type: 'varchar', length: '40' },
      { name: 'reason', type: 'varchar', length: '20' },
      { name: 'text', type: 'varchar', length: '1000' },
      { name: 'reported_at', type: 'bigint' },
      { name: 'decision_id', type: 'integer', isNullable: true },
    ],
    indices: [
      { name: 'ix_bot_report_code', columnNames: ['code_hash', 'decision_id', 'reported_at'] },
      { name: 'ix_bot_report_account', columnNames: ['account_id', 'decision_id'] },
    ],
  });
