import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { register } from '../support/oauth.js';
import { startServer } from '../support/server.js';
import { describeWithTools } from '../support/tools.js';
import { complaints, resultsIn, startSuite } from './suite.js';

describeWithTools('The official conformance suite, of an authorization server', () => {
  test('passes', async () => {
    await using server = await startServer();
    const port = await freePort();
    const { client_id } = await register(server.url, {
      client_name: 'suite',
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
      token_endpoint_auth_method: 'none',
    });
    const folder = mkdtempSync(join(tmpdir(), 'parley-conformance-'));

    const { child, finished } = startSuite(
      ...['authorization', '--url', server.url, '--client-id', client_id, '--resource', `${server.url}/mcp`],
      ...['--port', String(port), '--output-dir', folder],
    );
    let said = '';
    let isThere = false;
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const address = /Access the following URL[^\n]*\n(\S+)\n/.exec(said)?.[1];
      // The suite listens before it says so.
      if (!address || isThere || !said.includes('Callback server started')) return;
      isThere = true;
      void fetch(address);
    });
    const { code } = await finished;
    const results = resultsIn(folder);
    rmSync(folder, { recursive: true });

    expect([...results].map(([scenario, checks]) => [scenario, complaints(checks)])).toEqual([
      ['authorization-code-grant', []],
      ['authorization-server-metadata-endpoint', []],
    ]);
    expect(code).toBe(0);
  });
});
