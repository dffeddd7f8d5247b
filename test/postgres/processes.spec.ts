import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ERAS, mcpFlow } from '../support/mcp-flow.js';
import { type Processes, startProcesses } from '../support/processes.js';
import { onPostgres } from '../support/which-database.js';

/** How many flows are run in each era; FLOWS=500 makes a thousand. */
const FLOWS = Number(process.env.FLOWS ?? 50);
const AT_ONCE = 4;

onPostgres('Two processes on one Postgres, behind a proxy without stickiness', () => {
  let processes: Processes;
  beforeAll(async () => {
    processes = await startProcesses(2);
  });
  afterAll(async () => {
    await processes[Symbol.asyncDispose]();
  });

  test.each(Object.keys(ERAS) as (keyof typeof ERAS)[])(
    'no flow of a %s client fails',
    async (era) => {
      const failures: string[] = [];
      let begun = 0;
      const visit = async () => {
        while (begun < FLOWS) {
          begun++;
          await mcpFlow(processes.url, era).catch((error) => failures.push(String(error)));
        }
      };

      await Promise.all(Array.from({ length: AT_ONCE }, visit));

      expect(failures).toEqual([]);
    },
    60_000 + FLOWS * 20_000,
  );
});
