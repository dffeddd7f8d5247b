import { beforeAll } from '@jest/globals';
import type { RunningServer } from './server.js';

/** A server that other files have used before and will use after: it is not restarted, configured or looked into as a process. */
export type SharedServer = Pick<RunningServer, 'url' | 'dataDir'>;

/**
 * The built server as it is without any settings, for all tests of a file that need no server of their own. What others left
 * there stays, so a test makes its own people and channels, opens no public channel, which everyone would see, and counts and
 * decides nothing that holds for the whole server.
 */
export function useServer(): SharedServer {
  let server: SharedServer | undefined;
  beforeAll(async () => {
    const answer = await fetch(`${process.env.SHARED_SERVERS}/${process.env.JEST_WORKER_ID}`);
    if (!answer.ok) throw new Error(`no server: ${await answer.text()}`);
    server = (await answer.json()) as SharedServer;
  });
  const found = () => {
    if (!server) throw new Error('the server is there once the tests of the file begin');
    return server;
  };
  return {
    get url() {
      return found().url;
    },
    get dataDir() {
      return found().dataDir;
    },
  };
}
