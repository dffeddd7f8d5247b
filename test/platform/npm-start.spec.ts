import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';

let npm: ChildProcess | undefined;
let dataDir = '';
let url = '';
afterEach(() => {
  npm?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

const answers = (at: string) =>
  fetch(`${at}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

test.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('%s to npm start ends its server too', async (signal) => {
  dataDir = mkdtempSync(join(tmpdir(), 'parley-npm-'));
  npm = spawn('npm', ['start'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      PORT: '0',
      SANDBOX: 'embedded',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  url = await new Promise<string>((resolve) => {
    npm?.stdout?.on('data', (chunk) => {
      out += chunk;
      const found = /http:\/\/[\w.]+:\d+/.exec(out)?.[0];
      if (found) resolve(found);
    });
  });
  expect(await answers(url)).toBe(true);

  const gone = once(npm, 'exit');
  npm.kill(signal);
  await gone;

  // However long the machine takes: a server that stays lets the test run into its timeout.
  while (await answers(url));
});
