import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the processes that use the database, if several do. */
export class Processes1700000001600 implements MigrationInterface {
  name = 'Processes1700000001600';

  async up(runner: QueryRunner) {
    await runner.query(
      'CREATE TABLE server_process (id varchar(40) NOT NULL PRIMARY KEY, alive_until bigint NOT NULL)',
    );
  }

  async down(runner: QueryRunner) {
    await runner.query('DROP TABLE server_process');
  }
}
