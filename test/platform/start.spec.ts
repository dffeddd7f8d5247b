import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import { onSqlite } from '../support/which-database.js';

/** Starts the built server where it should not start, and waits for its end. */
async function startInVain(env: Record<string, string>, dotenv?: string, files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-vain-'));
  if (dotenv !== undefined) writeFileSync(join(folder, '.env'), dotenv);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
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
  ['a setting nobody reads', {}, 'PROT=8100\n', '.env has unknown settings: PROT.'],
  ['a port that is no number', { PORT: 'eighty' }, undefined, 'PORT=eighty must be a whole number from 0 to 65535.'],
  ['a port beyond all ports', {}, 'PORT=70000\n', 'PORT=70000 must be a whole number from 0 to 65535.'],
  ['a public address with a path', { PUBLIC_URL: 'https://a.example/x' }, undefined, 'must be an origin such as'],
  [
    'open mode on a public address',
    { PUBLIC_URL: 'https://a.example', AUTH_MODE: 'open' },
    undefined,
    'open mode is only for your own machine',
  ],
  ['passwords in clear', { PUBLIC_URL: 'http://a.example' }, undefined, 'so it must be https: otherwise passwords'],
  ['a mode nobody knows', { AUTH_MODE: 'closed' }, undefined, 'AUTH_MODE=closed must be one of open, accounts.'],
  [
    'a Postgres that is not there',
    { DATABASE_URL: 'postgres://alice:secret@no-such-host.invalid/parley' },
    undefined,
    'Postgres at DATABASE_URL cannot be used',
  ],
  ['a log level nobody knows', { LOG_LEVEL: 'loud' }, undefined, 'LOG_LEVEL=loud must be one of'],
  ['no worker', { EMBEDDED_WORKERS: '0' }, undefined, 'EMBEDDED_WORKERS=0 must be a whole number from 1 to 64.'],
])('A start with %s ends with exit code 1 and one sentence', async (_case, env, dotenv, sentence) => {
  const written = dotenv?.startsWith('PORT') ? { ...env, PORT: undefined as unknown as string } : env;

  const { code, out, err } = await startInVain(written, dotenv);

  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toContain(sentence);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test.each<[string, Record<string, string>, string]>([
  ['presets nowhere', { PRESETS_DIR: '/no/such/folder' }, 'PRESETS_DIR=/no/such/folder is not a folder.'],
  ['an address of another machine', { HOST: '192.0.2.1' }, 'HOST=192.0.2.1'],
  ['a name that means nothing', { HOST: 'no-such-host.invalid' }, 'HOST=no-such-host.invalid'],
  ['a folder that cannot be made', { DATA_DIR: '/proc/parley/data' }, '/proc/parley/data'],
  ['a folder that is a file', { DATA_DIR: resolve('package.json') }, 'package.json'],
  ['a folder as database', { DATABASE_URL: mkdtempSync(join(tmpdir(), 'parley-folder-')) }, 'cannot be opened'],
  ['a key in no folder', { DATABASE_URL: 'x.sqlite', DATA_DIR: '/proc/parley' }, '/proc/parley/'],
])('A start with %s ends with exit code 1 and one sentence, also in the log', async (_case, env, sentence) => {
  const { code, out, err } = await startInVain({ LOG_LEVEL: 'info', ...env });

  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(sentence);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test.each([
  ['parley.sqlite', 'this is no database, whatever it is called', 'is not a SQLite database'],
  ['server-key.json', '{"origin":', 'contains no server key'],
  ['server-key.json', '{"origin":"x","private_key":"secret words"}', 'contains no server key'],
])('A start with a broken %s ends with exit code 1 and one sentence', async (name, text, sentence) => {
  const { code, err } = await startInVain({ LOG_LEVEL: 'info' }, undefined, {
    [name]: text.repeat(100).slice(0, name.endsWith('json') ? text.length : 10_000),
  });

  expect(code).toBe(1);
  expect(err).toContain(sentence);
  expect(err).not.toContain('secret words');
  expect(err.trim().split('\n')).toHaveLength(1);
});

onSqlite('A SQLite file', () => {
  test('is used by one server, also under another name', async () => {
    await using server = await startServer();
    const folder = mkdtempSync(join(tmpdir(), 'parley-link-'));
    symlinkSync(join(server.dataDir, 'parley.sqlite'), join(folder, 'other.sqlite'));
    symlinkSync(server.dataDir, join(folder, 'data'));

    const byFile = await startInVain({ DATABASE_URL: join(folder, 'other.sqlite') });
    const byFolder = await startInVain({ DATA_DIR: join(folder, 'data') });

    rmSync(folder, { recursive: true });
    expect([byFile.code, byFolder.code]).toEqual([1, 1]);
    expect(byFile.err).toContain('Another server is using');
    expect(byFolder.err).toContain('Another server is using');
  });
});

test('A start on a port in use ends with exit code 1 and one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };

  const { code, err } = await startInVain({ PORT: String(port) });

  other.close();
  expect(code).toBe(1);
  expect(err).toContain(String(port));
  expect(err.trim().split('\n')).toHaveLength(1);
});
