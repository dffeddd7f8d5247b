import { expect, test } from '@jest/globals';
import { eventually } from '../support/rooms.js';
import { startServer } from '../support/server.js';

/** A server in which a signal sets off this code, as if it were a mistake of ours. */
const startWith = (mistake: string) =>
  startServer({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGWINCH', () => { ${mistake} });`)}`,
  });

const counted = async (url: string) => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith('parley_unexpected_errors_total{'));
};

test.each([
  ['a promise that nobody watches', `Promise.reject(new Error('planted'))`, 'an unhandled rejection'],
  ['a rejection that is no error', `Promise.reject({ toString: 1 })`, 'an unhandled rejection'],
  [
    'an error of the system that a socket tells nobody',
    `import('node:net').then(({ connect }) => connect(1, '127.0.0.1'))`,
    'an uncaught exception',
  ],
])('After %s the server logs it, counts it and continues', async (_, mistake, during) => {
  await using server = await startWith(mistake);

  process.kill(server.pid, 'SIGWINCH');

  await eventually(async () => (await counted(server.url)).length > 0);
  expect(await counted(server.url)).toEqual([`parley_unexpected_errors_total{during="${during}"} 1`]);
  expect(server.log()).toContain(`"during":"${during}"`);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test('An uncaught exception in our own code stops the server in order, with its own exit code', async () => {
  await using server = await startWith(`throw new Error('planted')`);

  process.kill(server.pid, 'SIGWINCH');

  expect(await server.ended()).toBe(1);
  expect(server.log()).toContain('"during":"an uncaught exception"');
  expect(server.log()).toContain('planted');
});

test('A server whose output nobody reads any more goes on, and an error about that is no new output', async () => {
  await using server = await startServer();
  server.closeOutputs();

  const statuses = [];
  // Each request is logged.
  for (let i = 0; i < 3; i++) statuses.push((await fetch(`${server.url}/list_channels`)).status);

  expect(statuses).toEqual([401, 401, 401]);
  expect(await counted(server.url)).toEqual([]);
  expect(await server.stop()).toBe(0);
});
