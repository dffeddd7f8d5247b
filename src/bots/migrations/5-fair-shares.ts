import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/**
 * Adds the account to which everything stored is charged, and the number of bytes. Existing entries are charged to the
 * account that holds the seat that posted them, otherwise to the creator of the channel.
 */
export class FairShares1700000001505 implements MigrationInterface {
  name = 'FairShares1700000001505';

  async up(runner: QueryRunner) {
    await runner.query(`ALTER TABLE attachment ADD COLUMN account_id varchar(40) NOT NULL DEFAULT ''`);
    await runner.query(`ALTER TABLE attachment ADD COLUMN strikes integer NOT NULL DEFAULT 0`);
    await runner.query(`ALTER TABLE bot_timer ADD COLUMN account_id varchar(40) NOT NULL DEFAULT ''`);
    await runner.query(`ALTER TABLE entry ADD COLUMN account_id varchar(40)`);
    await runner.query(`ALTER TABLE channel ADD COLUMN retired_at bigint`);
    for (const table of ['attachment', 'bot_timer']) {
      await runner.query(
        `UPDATE ${table} SET account_id = (SELECT creator_id FROM channel WHERE channel.id = ${table}.channel_id)`,
      );
    }
    const account = { name: 'account_id', type: 'varchar', length: '40', isPrimary: true };
    const bytes = { name: 'bytes', type: 'bigint' };
    await runner.createTable(new Table({ name: 'account_storage', columns: [account, bytes] }));
    const channel = { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true };
    await runner.createTable(new Table({ name: 'channel_storage', columns: [channel, account, bytes] }));
    await runner.query(FILL_CHANNELS);
    await runner.query(FILL_ACCOUNTS);
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('channel_storage');
    await runner.dropTable('account_storage');
    await runner.query('ALTER TABLE channel DROP COLUMN retired_at');
    await runner.query('ALTER TABLE entry DROP COLUMN account_id');
    await runner.query('ALTER TABLE bot_timer DROP COLUMN account_id');
    await runner.query('ALTER TABLE attachment DROP COLUMN strikes');
    await runner.query('ALTER TABLE attachment DROP COLUMN account_id');
  }
}

/** The bytes of the rows of a table, charged to the creators of their channels. */
const ofCreator = (table: string, bytes: string) => `
  SELECT channel.id AS channel_id, channel.creator_id AS account_id, SUM(${bytes}) AS bytes
  FROM ${table} JOIN channel ON channel.id = ${table}.channel_id GROUP BY channel.id, channel.creator_id`;

const FILL_CHANNELS = `
  INSERT INTO channel_storage (channel_id, account_id, bytes)
  SELECT channel_id, account_id, SUM(bytes) FROM (
    SELECT id AS channel_id, creator_id AS account_id, 1000 AS bytes FROM channel
    UNION ALL
    SELECT channel.id AS channel_id, COALESCE(slot.account_id, channel.creator_id) AS account_id,
      SUM(600 + octet_length(entry.header) + octet_length(entry.opening)) AS bytes
    FROM entry JOIN channel ON channel.id = entry.channel_id
      LEFT JOIN slot ON slot.channel_id = entry.channel_id AND slot.slot_id = entry.from_id
    GROUP BY channel.id, COALESCE(slot.account_id, channel.creator_id)
    UNION ALL ${ofCreator('bot_state', '150 + octet_length(json)')}
    UNION ALL ${ofCreator('run', '400 + octet_length(outputs) + octet_length(sealed)')}
    UNION ALL ${ofCreator('run_exchange', '150 + octet_length(request) + octet_length(answer)')}
    UNION ALL ${ofCreator('bot_log', '150 + bytes')}
    UNION ALL ${ofCreator('attachment', '2000 + octet_length(executed) + octet_length(bundled) + octet_length(manifest) + octet_length(params)')}
  ) AS stored GROUP BY channel_id, account_id`;

const FILL_ACCOUNTS = `
  INSERT INTO account_storage (account_id, bytes)
  SELECT account_id, SUM(bytes) FROM (
    SELECT account_id, bytes FROM channel_storage
    UNION ALL SELECT first_account_id AS account_id, 300 + octet_length(source) AS bytes FROM bot_code WHERE first_account_id <> 'server'
  ) AS stored GROUP BY account_id`;
