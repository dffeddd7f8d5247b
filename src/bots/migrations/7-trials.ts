import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the hooks that a trial has found, why a bot was not tried yet, and the results of trials. Existing bots keep the
 * hooks in their manifest.
 */
export class Trials1700000001540 implements MigrationInterface {
  name = 'Trials1700000001540';

  async up(runner: QueryRunner) {
    await runner.query('ALTER TABLE attachment ADD COLUMN hooks text');
    await runner.query('ALTER TABLE attachment ADD COLUMN untried_for varchar(12)');
    await runner.query(`
      CREATE TABLE bot_trial (
        trial_hash varchar(71) NOT NULL PRIMARY KEY,
        verdict text NOT NULL,
        at bigint NOT NULL
      )`);
    await runner.query('CREATE INDEX ix_bot_trial_at ON bot_trial (at)');
  }

  async down(runner: QueryRunner) {
    await runner.query('DROP TABLE bot_trial');
    await runner.query('ALTER TABLE attachment DROP COLUMN untried_for');
    await runner.query('ALTER TABLE attachment DROP COLUMN hooks');
  }
}
