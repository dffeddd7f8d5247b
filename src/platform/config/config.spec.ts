import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readConfig } from './config.js';
import { envExample, SETTINGS } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'parley-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
function fileOf(text: string) {
  const file = join(folder, '.env');
  writeFileSync(file, text);
  return file;
}

describe('Settings', () => {
  test('have valid defaults', () => {
    expect(readConfig({}, 'no such file')).toMatchObject({
      host: '127.0.0.1',
      port: 8100,
      publicUrl: 'http://127.0.0.1:8100',
    });
  });

  test('of the environment take precedence over the file', () => {
    const file = fileOf('PORT=1\nLOG_LEVEL=warn\n');

    expect(readConfig({ PORT: '2' }, file)).toMatchObject({ port: 2, logLevel: 'warn' });
  });

  test('are all in the example file, whose values are valid', () => {
    const example = envExample();

    for (const name of Object.keys(SETTINGS)) expect(example).toContain(`\n${name}=`);
    expect(readConfig({}, fileOf(example))).toMatchObject({ port: 8100 });
  });

  test.each([
    ['http://localhost:9000', 'http://localhost:9000'],
    ['http://127.0.0.1/', 'http://127.0.0.1'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('PUBLIC_URL=%s is a valid origin on this machine', (PUBLIC_URL, publicUrl) => {
    expect(readConfig({ PUBLIC_URL }, 'no such file').publicUrl).toBe(publicUrl);
  });

  test.each<[Record<string, string>, string]>([
    [{ PORT: '' }, 'PORT= must be a whole number from 0 to 65535.'],
    [{ PORT: '-1' }, 'PORT=-1 must be a whole number from 0 to 65535.'],
    [{ PORT: '1e3' }, 'PORT=1e3 must be a whole number from 0 to 65535.'],
    [{ REFRESH_TOKEN_DAYS: '0' }, 'REFRESH_TOKEN_DAYS=0 must be a whole number from 1 to 365.'],
    [{ PUBLIC_URL: 'parley.example' }, 'PUBLIC_URL=parley.example must be an origin such as'],
    [{ PUBLIC_URL: 'ftp://127.0.0.1' }, 'must be an origin such as'],
    [{ PUBLIC_URL: 'https://me@127.0.0.1' }, 'must be an origin such as'],
    [{ PUBLIC_URL: 'http://127.0.0.1.evil.example' }, 'is not a loopback address'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be empty, the path of a SQLite file, or a postgres:// address.'],
    [{ SANDBOX: 'none' }, 'SANDBOX=none must be one of auto, embedded, docker.'],
  ])('%j prevents the start', (env, sentence) => expect(() => readConfig(env, 'no such file')).toThrow(sentence));
});
