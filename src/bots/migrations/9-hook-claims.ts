import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds which process runs the hooks of a bot, if several processes use the database. */
export class HookClaims1700000001601 implements MigrationInterface {
  name = 'HookClaims1700000001601';

  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE hook_claim (
        channel_id varchar(40) NOT NULL,
        bot_id varchar(64) NOT NULL,
        process_id varchar(40) NOT NULL,
        PRIMARY KEY (channel_id, bot_id)
      )`);
  }

  async down(runner: QueryRunner) {
    await runner.query('DROP TABLE hook_claim');
  }
}
