import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Stores which seat an MCP session has joined. For existing sessions it is unknown: their calls must name the seat. */
export class ProtocolSeats1700000001500 implements MigrationInterface {
  name = 'ProtocolSeats1700000001500';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'protocol_seat',
        columns: [
          { name: 'session_hash', type: 'varchar', length: '64', isPrimary: true },
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'slot_id', type: 'varchar', length: '8', isPrimary: true },
          { name: 'since_seq', type: 'integer' },
          { name: 'joined_at', type: 'bigint' },
        ],
        indices: [{ name: 'ix_protocol_seat_joined_at', columnNames: ['joined_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('protocol_seat');
  }
}
