import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { type Load, startLoad } from '../support/load.js';
import { ownCluster } from '../support/own-cluster.js';
import { type RunningServer, startServer } from '../support/server.js';
import { onPostgres } from '../support/which-database.js';

/** How long Postgres is away. */
const AWAY_MS = 3_000;
/** After this long work goes on. */
const RESUMED_MS = 10_000;

onPostgres('Under load, a server whose Postgres', () => {
  let cluster: Awaited<ReturnType<typeof ownCluster>>;
  let server: RunningServer;
  let load: Load;
  beforeAll(async () => {
    cluster = await ownCluster();
    server = await startServer({ DATABASE_URL: cluster.address });
    load = await startLoad(server, 4, (read) => read(cluster.store));
  }, 120_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'is stopped and started',
      async () => {
        await cluster.end('SIGINT');
        await setTimeout(AWAY_MS);
        await cluster.start();
      },
    ],
    [
      'is restarted',
      async () => {
        await cluster.end('SIGINT');
        await cluster.start();
      },
    ],
    ['loses a process, so that it recovers from a crash', async () => process.kill(cluster.backend(), 'SIGKILL')],
    [
      'is frozen for a while',
      async () => {
        const processes = cluster.processes();
        for (const pid of processes) process.kill(pid, 'SIGSTOP');
        await setTimeout(AWAY_MS);
        for (const pid of processes) process.kill(pid, 'SIGCONT');
      },
    ],
    ['drops all connections', async () => cluster.terminateAll()],
  ])('%s goes on within ten seconds, and loses nothing', async (_outage, happens) => {
    const { pid } = server;
    await load.progress();

    await happens();
    const since = Date.now();
    await load.progress();

    expect(Date.now() - since).toBeLessThan(RESUMED_MS);
    expect([server.pid, server.isRunning()]).toEqual([pid, true]);
  });

  test('says while it is away that the database cannot be reached, at both doors', async () => {
    const people = await Promise.all(DOORS.map(([name, door]) => door(server, `waiting over ${name}`)));
    await cluster.end('SIGINT');

    for (const person of people) {
      const refusal = await person.call('list_channels', {}).catch((error) => error);
      expect(refusal).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      await person.close();
    }

    await cluster.start();
    await load.progress();
  });

  test('has after all of it every acknowledged post once, and every hook took effect once', async () => {
    await load.stop();

    expect(load.faults()).toEqual([]);
  });
});
