import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the part of a share that the account wrote itself, which alone limits its moves. Entries without a known account
 * count for nobody.
 */
export class OwnShares1700000001522 implements MigrationInterface {
  name = 'OwnShares1700000001522';

  async up(runner: QueryRunner) {
    await runner.query('ALTER TABLE channel_storage ADD COLUMN own_bytes bigint NOT NULL DEFAULT 0');
    await runner.query(`
      UPDATE channel_storage SET own_bytes = COALESCE((
        SELECT SUM(600 + octet_length(entry.header) + octet_length(entry.opening)) FROM entry
        WHERE entry.channel_id = channel_storage.channel_id AND entry.account_id = channel_storage.account_id
          AND entry.kind <> 'timer' AND entry.run IS NULL AND entry.cause_seq IS NULL
      ), 0)`);
  }

  async down(runner: QueryRunner) {
    await runner.query('ALTER TABLE channel_storage DROP COLUMN own_bytes');
  }
}
