import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keepPrivate } from './private-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = () => (statSync(folder).mode & 0o7777).toString(8);

test.each(['755', '750', '777'])('A folder of the server with mode %s becomes private', (mode) => {
  writeFileSync(join(folder, 'parley.sqlite'), '');
  chmodSync(folder, Number.parseInt(mode, 8));

  expect(keepPrivate(folder, 'parley.sqlite')).toBeUndefined();
  expect(modeOf()).toBe('700');
});

test.each([
  ['755', 'letter.txt'],
  ['1777', 'parley.sqlite'],
])('A folder of mode %s with %s is shared: it is not changed, and there is a warning', (mode, file) => {
  writeFileSync(join(folder, file), '');
  chmodSync(folder, Number.parseInt(mode, 8));

  expect(keepPrivate(folder, 'parley.sqlite')).toMatch(/chmod 700/);
  expect(modeOf()).toBe(mode);
});

test('A folder that is private or missing is not changed', () => {
  chmodSync(folder, 0o500);

  expect(keepPrivate(folder, 'parley.sqlite')).toBeUndefined();
  expect(keepPrivate(join(folder, 'none'), 'parley.sqlite')).toBeUndefined();
  expect(modeOf()).toBe('500');
});
