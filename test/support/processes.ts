import { rmSync } from 'node:fs';
import { createDatabase, databaseSettings, dropDatabase } from './database.js';
import { freePort } from './free-port.js';
import { roundRobin } from './round-robin.js';
import { scratchFolder } from './scratch.js';
import { type RunningServer, startServer } from './server.js';

/** Several servers on one Postgres and one data folder, behind a proxy without stickiness. */
export interface Processes extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  readonly servers: readonly RunningServer[];
  /** Where each of the servers listens itself. */
  readonly urls: readonly string[];
}

export async function startProcesses(count: number, env: Record<string, string> = {}): Promise<Processes> {
  const dataDir = scratchFolder('parley-shared-');
  createDatabase(dataDir);
  const proxy = await roundRobin();
  const shared = { ...databaseSettings(dataDir), DATA_DIR: dataDir, PUBLIC_URL: proxy.url, ...env };
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const servers = await Promise.all(ports.map((port) => startServer({ ...shared, PORT: String(port) })));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  proxy.targets.push(...urls);
  return {
    url: proxy.url,
    dataDir,
    servers,
    urls,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      for (const server of servers) await server[Symbol.asyncDispose]();
      dropDatabase(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
