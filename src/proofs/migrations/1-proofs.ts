import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the server-wide log, its newest checkpoint, and hashes of complete subtrees, which can be computed again. */
export class Proofs1700000001700 implements MigrationInterface {
  name = 'Proofs1700000001700';

  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE server_leaf (
        place integer NOT NULL PRIMARY KEY,
        type varchar(16) NOT NULL,
        leaf text NOT NULL,
        channel_id varchar(40),
        size integer
      )`);
    await runner.query('CREATE INDEX ix_server_leaf_channel ON server_leaf (channel_id, size)');
    await runner.query(`
      CREATE TABLE awaited_leaf (
        id varchar(40) NOT NULL PRIMARY KEY,
        at bigint NOT NULL,
        leaf text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE server_checkpoint (
        size integer NOT NULL PRIMARY KEY,
        note text NOT NULL,
        is_cosigned boolean NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE tree_node (
        log varchar(40) NOT NULL,
        level integer NOT NULL,
        place integer NOT NULL,
        hash varchar(44) NOT NULL,
        PRIMARY KEY (log, level, place)
      )`);
  }

  async down(runner: QueryRunner) {
    await runner.query('DROP TABLE tree_node');
    await runner.query('DROP TABLE server_checkpoint');
    await runner.query('DROP TABLE awaited_leaf');
    await runner.query('DROP TABLE server_leaf');
  }
}
