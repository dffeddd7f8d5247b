// Before the first test: offers each worker of jest a server that its files use one after the other (useServer), and the
// packed server to the files that start one of their own. Each is made when the first file asks; the servers belong to jest's
// own process, and go with it.
import { createServer } from 'node:http';
import { postgresPrograms, startPostgres } from '../../scripts/postgres.mjs';
import { packedServer } from './packed-server.mjs';

/** Hundreds of tests use each: here it pays that V8 makes fast what runs often, about a quarter of the processor time. */
const LONG_LIVED = ['--min-semi-space-size=32', '--single-threaded-gc'];

const servers = new Map();

/** The built server of one worker: as started before, or anew where a file has ended it. */
async function serverOf(worker) {
  const known = await servers.get(worker);
  if (known?.isRunning()) return known;
  const { startServer } = await import('../../dist/test/support/server.js');
  const started = startServer({}, undefined, LONG_LIVED);
  servers.set(worker, started);
  started.catch(() => servers.delete(worker));
  return started;
}

let packing;

/** The file of the packed server. */
async function packed() {
  const { useOnce } = await import('../../dist/test/support/use-once.js');
  packing ??= packedServer(useOnce);
  return packing;
}

async function shared(worker) {
  const { url, dataDir } = await serverOf(worker);
  return { url, dataDir };
}

/** With TEST_DATABASE=postgres: a cluster for this run, with a migrated database that the databases of servers are copied from. */
async function startCluster() {
  if (process.env.TEST_DATABASE !== 'postgres') return undefined;
  if (!postgresPrograms() && process.env.CI !== 'true') {
    throw new Error('These tests need Postgres: install the package postgresql.');
  }
  const cluster = await startPostgres();
  process.env.TEST_POSTGRES = cluster.url;
  process.env.PATH = `${postgresPrograms()}:${process.env.PATH}`;
  const { addressOf, psql, TEMPLATE } = await import('../../dist/test/support/database.js');
  const { migrate } = await import('../../dist/src/platform/database/postgres-migrations.js');
  const { APP_SCHEMA } = await import('../../dist/src/app.module.js');
  psql('postgres', `CREATE DATABASE ${TEMPLATE}`);
  await migrate(addressOf(TEMPLATE), APP_SCHEMA);
  return cluster;
}

export default async function offer() {
  const cluster = await startCluster();
  const desk = createServer((request, response) => {
    // A connection that is kept could be closed just when the next test uses it.
    response.setHeader('connection', 'close');
    (request.url === '/packed' ? packed() : shared(request.url)).then(
      (answer) => response.end(JSON.stringify(answer)),
      (error) => response.writeHead(500).end(String(error.stack)),
    );
  });
  await new Promise((listening) => desk.listen(0, '127.0.0.1', listening));
  process.env.SHARED_SERVERS = `http://127.0.0.1:${desk.address().port}`;
  globalThis.endSharedServers = async () => {
    desk.closeAllConnections();
    desk.close();
    for (const server of servers.values()) await (await server)[Symbol.asyncDispose]();
    await cluster?.stop();
  };
}
