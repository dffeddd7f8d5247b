import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';

/** A query that is not answered by then fails, and so does its connection. A frozen server keeps connections open. */
const QUERY_MS = 15_000;
const CONNECT_MS = 5_000;

/** Settings of every connection. */
const SETTINGS = {
  // Compiling a query takes longer than running it.
  jit: 'off',
  // The connections of a vanished process hold their locks until Postgres notices.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  idle_in_transaction_session_timeout: '60s',
};

/**
 * The code is written for writes that take turns, so transactions are serializable. A sequential scan would conflict
 * with every concurrent write to its table, and Postgres prefers such scans for small tables.
 */
export const WRITER = { default_transaction_isolation: 'serializable', enable_seqscan: 'off' };
export const READER = { default_transaction_read_only: 'on' };

interface Pool {
  readonly max: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Options of a pool of at most `max` Postgres connections. */
export function postgresOptions(url: string, pool: Pool, more: Partial<DataSourceOptions> = {}): DataSourceOptions {
  return {
    ...more,
    type: 'postgres',
    driver: pg,
    url,
    installExtensions: false,
    synchronize: false,
    // TypeORM's own logger prints the parameters of failed statements.
    logging: false,
    // A lost idle connection is replaced when the next one is needed.
    poolErrorHandler: () => undefined,
    extra: {
      ...connectionOptions(pool.settings),
      max: pool.max,
      Client: PooledClient,
      // Whoever waits for a connection of a busy pool gets one.
      connectionTimeoutMillis: 0,
    },
  } as DataSourceOptions;
}

/** The option of the pool limits both, connecting and the wait for a connection. This limits only the former. */
class PooledClient extends pg.Client {
  constructor(options: pg.ClientConfig) {
    super({ ...options, connectionTimeoutMillis: CONNECT_MS });
  }
}

/** Options of each connection. Its settings are statements, because connection poolers ignore other ways. */
export function connectionOptions(settings: Readonly<Record<string, string>> = {}) {
  const statements = Object.entries({ ...SETTINGS, ...settings }).map(([name, value]) => `SET ${name} = '${value}'`);
  return {
    application_name: 'parley',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    types: { getTypeParser },
    onConnect: (client: pg.ClientBase) => client.query(statements.join(';')),
  };
}

const { builtins } = pg.types;
const NUMBERS: readonly number[] = [builtins.INT8, builtins.NUMERIC];

/** Postgres sends 64-bit counts and sums as text, because they could exceed the safe integers. Ours do not. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  NUMBERS.includes(oid) && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text');
