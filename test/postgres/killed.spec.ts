import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startLoad } from '../support/load.js';
import { startServer } from '../support/server.js';
import { onPostgres } from '../support/which-database.js';

/** KILLS=50 for a longer run. */
const KILLS = Number(process.env.KILLS ?? 20);
const MAX_PAUSE_MS = 500;

onPostgres('A server that is killed while it writes', () => {
  test(
    'has every acknowledged post once, and every hook took effect once',
    async () => {
      await using server = await startServer();
      const load = await startLoad(server, 4);

      for (let kill = 0; kill < KILLS; kill++) {
        await load.progress();
        await setTimeout(randomInt(MAX_PAUSE_MS));
        await server.crashAndRestart();
      }
      await load.progress();
      await load.stop();

      expect(load.faults()).toEqual([]);
      expect(load.acknowledged.size).toBeGreaterThan(KILLS);
    },
    120_000 + KILLS * 30_000,
  );
});
