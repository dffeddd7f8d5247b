import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the account of each entropy contribution, and deletes rows of retired channels. */
export class EntropyGivers1700000001520 implements MigrationInterface {
  name = 'EntropyGivers1700000001520';

  async up(runner: QueryRunner) {
    for (const table of ['entropy_gift', 'seating']) {
      await runner.query(`DELETE FROM ${table} WHERE channel_id NOT IN (SELECT id FROM channel)`);
    }
    await runner.query(`ALTER TABLE entropy_gift ADD COLUMN account_id varchar(40) NOT NULL DEFAULT ''`);
    await runner.query(`
      UPDATE entropy_gift SET account_id = COALESCE((
        SELECT entry.account_id FROM entry
        WHERE entry.channel_id = entropy_gift.channel_id AND entry.seq = entropy_gift.seq
      ), '')`);
  }

  async down(runner: QueryRunner) {
    await runner.query('ALTER TABLE entropy_gift DROP COLUMN account_id');
  }
}
