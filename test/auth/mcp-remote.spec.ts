import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { describeWithTools, startTool } from '../support/tools.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

/** `mcp-remote` with a browser that lets it in, and a folder of its own for what it keeps. */
async function connect(home: string) {
  const parameters = [`${server.url}/mcp`, String(await freePort()), '--transport', 'http-only'];
  const environment = { HOME: home, MCP_REMOTE_CONFIG_DIR: home, BROWSER: resolve('test/clients/browser.mjs') };
  return startTool('mcp-remote/dist/client.js', parameters, environment).finished;
}

describeWithTools('mcp-remote', () => {
  test('starts the sign-in at its first request, and gets access', async () => {
    const home = mkdtempSync(join(tmpdir(), 'parley-mcp-remote-'));
    try {
      const { out, err } = await connect(home);

      expect(`${out}${err}`).toContain('/oauth/authorize?');
      expect(`${out}${err}`).toContain('Connected successfully!');
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
