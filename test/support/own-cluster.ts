// @ts-expect-error it is a script, which declares no types
import { startPostgres } from '../../scripts/postgres.mjs';
import { psqlAt } from './database.js';
import { postgresStore } from './postgres-store.js';

/** A Postgres cluster that a test may stop, kill and freeze, with one database, to which all its connections go. */
export async function ownCluster() {
  const cluster = await startPostgres();
  psqlAt(cluster.url.replace('DATABASE', 'postgres'), 'CREATE DATABASE parley');
  const address: string = cluster.url.replace('DATABASE', 'parley');
  const sql = (text: string) => psqlAt(address, text);
  return {
    address,
    store: postgresStore(sql),
    /** Ends it with a signal; `start` starts it again. */
    end: cluster.end as (signal: NodeJS.Signals) => Promise<void>,
    start: cluster.start as () => Promise<void>,
    processes: cluster.processes as () => number[],
    /** The process of one connection of a server. */
    backend: () => Number(sql(`SELECT pid FROM pg_stat_activity WHERE application_name = 'parley' LIMIT 1`)),
    terminateAll: () => sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley'`),
    [Symbol.asyncDispose]: cluster.stop as () => Promise<void>,
  };
}
