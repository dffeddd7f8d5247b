import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/platform/config/config.js';
import { createServer, listen } from '../src/server.js';

/** A server on which the demo is shown. */
export interface DemoServer {
  readonly url: string;
  /** A sentence about it. */
  readonly about: string;
  /** Whether it can run bots in containers. */
  readonly hasContainers: boolean;
  close(): Promise<void>;
}

/** A server in this process, with an empty database that is deleted at the end. */
export async function ownServer(): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-demo-'));
  const config = readConfig({ PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' }, join(folder, '.env'));
  const app = await createServer(config);
  await listen(app, config);
  const close = async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const about = `A server of its own at ${config.publicUrl}, with an empty database.`;
  return { ...(await runningServer(config.publicUrl)), about, close };
}

/** A server that runs already. Throws if it does not answer. */
export async function runningServer(url: string): Promise<DemoServer> {
  const answer = await fetch(new URL('/readyz', url));
  const { sandbox } = (await answer.json()) as { sandbox: string };
  const hasContainers = sandbox === 'docker';
  return { url, about: `The server at ${url}.`, hasContainers, close: async () => {} };
}
