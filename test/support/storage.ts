import { stored } from './stored.js';

/** What the rows of a server's database take, by the sizes that the server counts with, read row by row. */
const ROWS = `
  SELECT 1000 AS bytes FROM channel
  UNION ALL SELECT 600 + octet_length(header) + octet_length(opening) FROM entry
  UNION ALL SELECT 150 + octet_length(json) FROM bot_state
  UNION ALL SELECT 400 + octet_length(outputs) + octet_length(sealed) FROM run
  UNION ALL SELECT 150 + octet_length(request) + octet_length(answer) FROM run_exchange
  UNION ALL SELECT 150 + bytes FROM bot_log
  UNION ALL SELECT 2000 + octet_length(executed) + octet_length(bundled) + octet_length(manifest) + octet_length(params)
    FROM attachment`;
const SOURCES = `SELECT 300 + octet_length(source) AS bytes FROM bot_code WHERE first_account_id <> 'server'`;

/** The figures that a server has kept up, and what a look at every row says they should be. */
export const storageOf = (dataDir: string) =>
  stored(dataDir, (database) => {
    const sum = (sql: string) =>
      (database.prepare(`SELECT SUM(bytes) FROM (${sql}) AS sizes`).pluck().get() ?? 0) as number;
    return {
      channels: sum('SELECT bytes FROM channel_storage'),
      accounts: sum('SELECT bytes FROM account_storage'),
      channelRows: sum(ROWS),
      allRows: sum(`${ROWS} UNION ALL ${SOURCES}`),
    };
  });
