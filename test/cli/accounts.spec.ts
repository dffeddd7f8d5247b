import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signUp, WITH_ACCOUNTS } from '../support/accounts.js';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { Terminal } from './terminal.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test('The sign-in continues over the pages for sign-in and consent', async () => {
  using terminal = new Terminal(server, { BROWSER: '/nowhere/browser' });
  const { browser } = await signUp(server, 'Alice');
  const login = terminal.start('login', '--name', 'Her terminal', '--scope', 'channels');
  const asked = await eventually(async () => /http:\S+state=\S+/.exec(login.errors())?.[0]);

  const { pathname, search } = new URL(asked);
  const consent = await browser.open(`${pathname}${search}`);
  const { leaves } = await browser.submit(consent, '/oauth/authorize', { decision: 'approve' });
  await fetch(leaves as URL);

  expect(consent.html).toContain('Her terminal');
  expect(await login.ended).toMatchObject({ exitCode: 0, stdout: `Signed in at ${server.url}.\n` });
  expect(await terminal.json('whoami')).toMatchObject({ name: 'Alice', role: 'member', scopes: ['channels'] });
  const refused = await terminal.run(['presets']);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('INSUFFICIENT_SCOPE') });
});

test('The doctor checks everything up to the page for a person', async () => {
  using terminal = new Terminal(server);

  const { exitCode, stdout } = await terminal.run(['doctor', `${server.url}/mcp`]);

  expect(exitCode).toBe(0);
  expect(stdout).toContain('A person must approve this step.');
  expect(stdout).toContain(`Run parley login ${server.url} and then this command again`);
});

test('login --machine is refused in accounts mode', async () => {
  using terminal = new Terminal(server);

  const { exitCode, stderr } = await terminal.run(['login', '--machine']);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('NO_MACHINES');
});
