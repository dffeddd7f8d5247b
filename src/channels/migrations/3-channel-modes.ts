import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** Adds modes of channels; existing channels are `open`. */
export class ChannelModes1700000001302 implements MigrationInterface {
  name = 'ChannelModes1700000001302';

  async up(runner: QueryRunner) {
    const mode = { name: 'mode', type: 'varchar', length: '16', default: "'open'" };
    await runner.addColumn('channel', new TableColumn(mode));
  }

  async down(runner: QueryRunner) {
    await runner.dropColumn('channel', 'mode');
  }
}
