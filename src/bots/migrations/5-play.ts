import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/**
 * Adds the entry from which a round is in play, proposed changes, and the answers of the network to runs that are not
 * committed. It was not stored whether an open round had drawn: a round with a run counts as in play.
 */
export class Play1700000001508 implements MigrationInterface {
  name = 'Play1700000001508';

  async up(runner: QueryRunner) {
    await runner.query('ALTER TABLE round ADD COLUMN touched_seq integer');
    await runner.query('ALTER TABLE round ADD COLUMN peeked_by varchar(40)');
    await runner.query('ALTER TABLE attachment ADD COLUMN spared_at bigint');
    await runner.query(
      `UPDATE round SET touched_seq = (
         SELECT MIN(run.receipt_seq) FROM run
         WHERE run.channel_id = round.channel_id AND run.bot_id = round.bot_id AND run.round = round.round)
       WHERE revealed_seq IS NULL`,
    );
    await runner.createTable(
      new Table({
        name: 'proposed_change',
        columns: [
          { name: 'id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'channel_id', type: 'varchar', length: '40' },
          { name: 'ops', type: 'text' },
          { name: 'announced', type: 'text' },
          { name: 'would_run', type: 'text' },
          { name: 'rounds', type: 'text' },
          { name: 'asked', type: 'text' },
          { name: 'proposer', type: 'text' },
          { name: 'by', type: 'varchar', length: '16' },
          { name: 'status', type: 'varchar', length: '10' },
          { name: 'hashes_only', type: 'boolean' },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [{ name: 'ix_proposed_change_channel', columnNames: ['channel_id', 'status'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'change_agreement',
        columns: [
          { name: 'change_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'account_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'seq', type: 'integer' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'pending_answer',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'bot_id', type: 'varchar', length: '64', isPrimary: true },
          { name: 'event_seq', type: 'integer', isPrimary: true },
          { name: 'n', type: 'integer', isPrimary: true },
          { name: 'exchange', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('pending_answer');
    await runner.dropTable('change_agreement');
    await runner.dropTable('proposed_change');
    await runner.query('ALTER TABLE attachment DROP COLUMN spared_at');
    await runner.query('ALTER TABLE round DROP COLUMN peeked_by');
    await runner.query('ALTER TABLE round DROP COLUMN touched_seq');
  }
}
