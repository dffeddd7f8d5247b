// Before the first test: offers each worker of jest a server that its files use one after the other (useServer). It is
// started when the first file asks, belongs to jest's own process, and goes with it.
import { createServer } from 'node:http';

const servers = new Map();

/** The built server of one worker: as started before, or anew where a file has ended it. */
async function serverOf(worker) {
  const known = await servers.get(worker);
  if (known?.isRunning()) return known;
  const { startServer } = await import('../../dist/test/support/server.js');
  const started = startServer();
  servers.set(worker, started);
  started.catch(() => servers.delete(worker));
  return started;
}

export default async function offer() {
  const desk = createServer((request, response) => {
    serverOf(request.url).then(
      ({ url, dataDir }) => response.end(JSON.stringify({ url, dataDir })),
      (error) => response.writeHead(500).end(String(error.stack)),
    );
  });
  await new Promise((listening) => desk.listen(0, '127.0.0.1', listening));
  process.env.SHARED_SERVERS = `http://127.0.0.1:${desk.address().port}`;
  globalThis.endSharedServers = async () => {
    desk.closeAllConnections();
    desk.close();
    for (const server of servers.values()) await (await server)[Symbol.asyncDispose]();
  };
}
