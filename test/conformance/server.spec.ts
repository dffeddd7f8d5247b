import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signIn } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { describeWithTools } from '../support/tools.js';
import { bearerProxy } from './bearer-proxy.js';
import { baseline, type Check, complaints, type Revision, resultsIn, scenariosOf, startSuite } from './suite.js';

/** The product with what the suite asks of a server beside it. */
const WITH_FIXTURES = 'dist/test/conformance/fixtures/main.js';
/** Some checks wait half a second for an answer, on whatever machine this is. */
const ATTEMPTS = 3;

describeWithTools('The official conformance suite, of a server', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({}, WITH_FIXTURES);
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  describe.each<[Revision, number]>([
    ['2025-11-25', 30],
    ['2026-07-28', 37],
  ])('for %s', (revision, required) => {
    const baselineFile = `test/conformance/baseline-${revision}.yml`;
    const missing = baseline(baselineFile);
    const scenarios = scenariosOf(revision);
    let code: number | null;
    let results: Map<string, Check[]>;

    const isAsExpected = (scenario: string) =>
      complaints(results.get(scenario)).length > 0 === missing.includes(scenario);

    beforeAll(async () => {
      const { access_token } = await signIn(server.url, 'suite');
      await using proxy = await bearerProxy(server.url, access_token);
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const folder = mkdtempSync(join(tmpdir(), 'parley-conformance-'));
        const { finished } = startSuite(
          ...['server', '--url', `${proxy.url}/mcp`, '--requirements', revision],
          ...['--expected-failures', baselineFile, '--output-dir', folder],
        );
        ({ code } = await finished);
        results = resultsIn(folder);
        rmSync(folder, { recursive: true });
        if (code === 0 && scenarios.every(isAsExpected)) break;
      }
    });

    test.each(scenarios.filter((scenario) => !missing.includes(scenario)))('%s', (scenario) => {
      expect(complaints(results.get(scenario))).toEqual([]);
    });

    test.each(missing)('%s is not offered, as the baseline says', (scenario) => {
      expect(complaints(results.get(scenario))).not.toEqual([]);
    });

    test('the suite passes, and has run every scenario', () => {
      expect(code).toBe(0);
      expect([...results.keys()].sort()).toEqual([...scenarios].sort());
      expect(scenarios.length).toBeGreaterThanOrEqual(required);
    });
  });
});
