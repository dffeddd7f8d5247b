import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds when a channel was notified that a bot waits for an admin, so that the log need not be searched for it, and
 * deletes answers of the network to runs that will never be committed.
 */
export class ToldWaits1700000001521 implements MigrationInterface {
  name = 'ToldWaits1700000001521';

  async up(runner: QueryRunner) {
    await runner.query(`ALTER TABLE attachment ADD COLUMN wait_told_at bigint`);
    await runner.query(`
      UPDATE attachment SET wait_told_at = attached_at WHERE EXISTS (
        SELECT 1 FROM entry
        WHERE entry.channel_id = attachment.channel_id AND entry.from_id = 'system' AND entry.type = 'bot:waiting'
          AND entry.opening LIKE '%"bot_id":"' || attachment.bot_id || '"%'
      )`);
    await runner.query(`
      DELETE FROM pending_answer WHERE NOT EXISTS (
        SELECT 1 FROM attachment
        WHERE attachment.channel_id = pending_answer.channel_id AND attachment.bot_id = pending_answer.bot_id
          AND attachment.removed_at IS NULL
      )`);
  }

  async down(runner: QueryRunner) {
    await runner.query('ALTER TABLE attachment DROP COLUMN wait_told_at');
  }
}
