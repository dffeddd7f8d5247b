import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

/** Adds what bots in sandboxes need: the executed code, and the exchanges of runs with the network. */
export class Sandbox1700000000600 implements MigrationInterface {
  name = 'Sandbox1700000000600';

  async up(runner: QueryRunner) {
    await runner.addColumns('attachment', [
      new TableColumn({ name: 'class_name', type: 'varchar', length: '100', default: "''" }),
      new TableColumn({ name: 'bundled', type: 'text', default: "'{}'" }),
      new TableColumn({ name: 'process', type: 'varchar', length: '6', default: "'shared'" }),
    ]);
    await runner.createTable(
      new Table({
        name: 'run_exchange',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'bot_id', type: 'varchar', length: '64', isPrimary: true },
          { name: 'run', type: 'integer', isPrimary: true },
          { name: 'n', type: 'integer', isPrimary: true },
          { name: 'request', type: 'text' },
          { name: 'answer', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('run_exchange');
    await runner.dropColumns('attachment', ['class_name', 'bundled', 'process']);
  }
}
