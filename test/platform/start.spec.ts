import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

/** Starts the built server where it should not start, and waits for its end. */
async function startInVain(env: Record<string, string>, dotenv?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-vain-'));
  if (dotenv !== undefined) writeFileSync(join(folder, '.env'), dotenv);
  const child = spawn(process.execPath, [resolve('dist/src/main.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH, DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    written.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    written.err += chunk;
  });
  const [code] = await once(child, 'close');
  rmSync(folder, { recursive: true });
  return { code, ...written };
}

test.each<[string, Record<string, string>, string | undefined, string]>([
  ['a setting nobody reads', {}, 'PROT=8100\n', '.env has settings nobody reads: PROT.'],
  ['a port that is no number', { PORT: 'eighty' }, undefined, 'PORT=eighty must be a whole number from 0 to 65535.'],
  ['a port beyond all ports', {}, 'PORT=70000\n', 'PORT=70000 must be a whole number from 0 to 65535.'],
  ['a public address with a path', { PUBLIC_URL: 'https://a.example/x' }, undefined, 'must be an origin such as'],
  [
    'open mode on a public address',
    { PUBLIC_URL: 'https://a.example' },
    undefined,
    'open mode is for your own machine',
  ],
  ['a mode that is not there yet', { AUTH_MODE: 'accounts' }, undefined, 'needs sign-in, which this version does not'],
  ['a mode nobody knows', { AUTH_MODE: 'closed' }, undefined, 'AUTH_MODE=closed must be one of open, accounts.'],
  ['a database that is not there yet', { DATABASE_URL: 'postgres://x/y' }, undefined, 'names Postgres, which this'],
  ['a log level nobody knows', { LOG_LEVEL: 'loud' }, undefined, 'LOG_LEVEL=loud must be one of'],
  ['no worker', { EMBEDDED_WORKERS: '0' }, undefined, 'EMBEDDED_WORKERS=0 must be a whole number from 1 to 64.'],
])('A start with %s ends with 1 and one sentence', async (_case, env, dotenv, sentence) => {
  const written = dotenv?.startsWith('PORT') ? { ...env, PORT: undefined as unknown as string } : env;

  const { code, out, err } = await startInVain(written, dotenv);

  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toContain(sentence);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('A start on a port that is taken ends with 1 and one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };

  const { code, err } = await startInVain({ PORT: String(port) });

  other.close();
  expect(code).toBe(1);
  expect(err).toContain(String(port));
  expect(err.trim().split('\n')).toHaveLength(1);
});
