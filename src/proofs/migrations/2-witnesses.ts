import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds which checkpoints of the server-wide log have cosignatures of witnesses. */
export class Witnesses1700000001701 implements MigrationInterface {
  name = 'Witnesses1700000001701';

  async up(runner: QueryRunner) {
    await runner.query('ALTER TABLE server_checkpoint ADD COLUMN is_cosigned boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner) {
    await runner.query('ALTER TABLE server_checkpoint DROP COLUMN is_cosigned');
  }
}
