import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the operation through which an account learned more about a round than others. Until now it was always reading
 * the logs of the bot.
 */
export class PeekedOp1700000001561 implements MigrationInterface {
  name = 'PeekedOp1700000001561';

  async up(runner: QueryRunner) {
    await runner.query('ALTER TABLE round ADD COLUMN peeked_op varchar(40)');
    await runner.query(`UPDATE round SET peeked_op = 'debug_bot:tail_logs' WHERE peeked_by IS NOT NULL`);
  }

  async down(runner: QueryRunner) {
    await runner.query('ALTER TABLE round DROP COLUMN peeked_op');
  }
}
