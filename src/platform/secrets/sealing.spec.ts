import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readConfig } from '../config/config.js';
import { SealBrokenError, Sealing } from './sealing.js';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-seal-'));
  file = join(dir, 'sealing-keys.json');
});
afterEach(() => rmSync(dir, { recursive: true }));

test('Encrypted text does not contain the original, and another process with the same folder can decrypt it', () => {
  const sealed = new Sealing(dir).seal('hunter2-hunter2', 'here');

  expect(sealed).not.toContain('hunter2');
  expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('hunter2');
  expect(new Sealing(dir).open(sealed, 'here')).toBe('hunter2-hunter2');
  expect(new Sealing(dir).seal('hunter2-hunter2', 'here')).not.toBe(sealed);
});

test('The keys are in a file that only its user can read, created at the first use', () => {
  const sealing = new Sealing(dir);
  expect(() => statSync(file)).toThrow();

  sealing.seal('x', 'here');

  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('Encrypted text cannot be decrypted for another place, after a change, or without its key', () => {
  const sealing = new Sealing(dir);
  const sealed = sealing.seal('secret', 'here');
  const last = sealed.at(-3) === 'A' ? 'B' : 'A';

  expect(() => sealing.open(sealed, 'there')).toThrow(SealBrokenError);
  expect(() => sealing.open(`${sealed.slice(0, -3)}${last}${sealed.slice(-2)}`, 'here')).toThrow(SealBrokenError);
  expect(() => sealing.open('', 'here')).toThrow(SealBrokenError);
  renameSync(file, `${file}.away`);
  expect(() => sealing.open(sealed, 'here')).toThrow(SealBrokenError);
  sealing.seal('other', 'here');
  expect(() => sealing.open(sealed, 'here')).toThrow(SealBrokenError);
  renameSync(`${file}.away`, file);
  expect(sealing.open(sealed, 'here')).toBe('secret');
});

test('A key that is no longer used for encryption can still decrypt', () => {
  const sealed = new Sealing(dir).seal('old', 'here');
  const { keys } = JSON.parse(readFileSync(file, 'utf8'));
  const rotated = { current: 'k2', keys: { ...keys, k2: Buffer.alloc(32, 7).toString('base64') } };
  writeFileSync(file, JSON.stringify(rotated));

  const sealing = new Sealing(dir);

  expect(sealing.open(sealed, 'here')).toBe('old');
  expect(sealing.seal('new', 'here')).toMatch(/^v1\.k2\./);
});

test.each(['', 'no JSON', '{}', '{"current":"k1","keys":{}}', '{"current":"k1","keys":{"k1":"c2hvcnQ="}}'])(
  'A file with %j in it prevents the start, and is not replaced',
  (text) => {
    writeFileSync(file, text);

    expect(() => Sealing.of(readConfig({ DATA_DIR: dir }, 'no such file'))).toThrow(/contains no sealing keys/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
