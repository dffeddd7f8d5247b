import { Config } from '../config/config.js';
import { Database, SCHEMA, type Schema } from './database.js';
import { Processes } from './processes.service.js';
import { NoSignals, Signals } from './signals.js';
import { SqliteDatabase } from './sqlite-database.js';

/** The database that the configuration names. The client of Postgres is loaded only for a server that uses it. */
const databaseProvider = {
  provide: Database,
  inject: [Config, SCHEMA],
  useFactory: async ({ postgresUrl, databaseFile }: Config, schema: Schema): Promise<Database> =>
    postgresUrl
      ? (await import('./postgres-database.js')).PostgresDatabase.open(postgresUrl, schema)
      : SqliteDatabase.open(databaseFile, schema),
};

/** The signals between the processes that use this database. */
const signalsProvider = {
  provide: Signals,
  // The tables exist first.
  inject: [Config, Database],
  useFactory: async ({ postgresUrl }: Config): Promise<Signals> =>
    postgresUrl ? (await import('./postgres-signals.js')).PostgresSignals.open(postgresUrl) : new NoSignals(),
};

export const databaseProviders = [databaseProvider, signalsProvider, Processes];
