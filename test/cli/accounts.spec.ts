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

test('The sign-in waits for the pages in between: who one is, and what the app may do', async () => {
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

test('The doctor goes as far as the page for a person', async () => {
  using terminal = new Terminal(server);

  const { exitCode, stdout } = await terminal.run(['doctor', `${server.url}/mcp`]);

  expect(exitCode).toBe(0);
  expect(stdout).toContain('A person has to approve here.');
  expect(stdout).toContain(`Run parley login ${server.url}, then this again`);
});

test('A program without a person gets in with no secret of its own', async () => {
  using terminal = new Terminal(server);

  const { exitCode, stderr } = await terminal.run(['login', '--machine']);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('NO_MACHINES');
});
