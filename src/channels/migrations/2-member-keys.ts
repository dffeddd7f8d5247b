import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** Adds the signing key of a member, and whether the seat requires signatures. */
export class MemberKeys1700000001300 implements MigrationInterface {
  name = 'MemberKeys1700000001300';

  async up(runner: QueryRunner) {
    const key = { name: 'public_key', type: 'varchar', length: '64', isNullable: true };
    await runner.addColumn('slot', new TableColumn(key));
    await runner.addColumn('slot', new TableColumn({ name: 'require_sig', type: 'boolean', isNullable: true }));
  }

  async down(runner: QueryRunner) {
    for (const column of ['require_sig', 'public_key']) await runner.dropColumn('slot', column);
  }
}
