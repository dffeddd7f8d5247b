import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

export class Quarantine1700000001303 implements MigrationInterface {
  name = 'Quarantine1700000001303';

  async up(runner: QueryRunner) {
    await runner.addColumn('entry', new TableColumn({ name: 'quarantined', type: 'boolean', isNullable: true }));
  }

  async down(runner: QueryRunner) {
    await runner.dropColumn('entry', 'quarantined');
  }
}
