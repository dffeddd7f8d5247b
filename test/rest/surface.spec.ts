import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('docs/surface and .env.example match the code', () => {
  const { status, stderr } = spawnSync(process.execPath, ['dist/src/print-surface.js', '--check'], {
    encoding: 'utf8',
  });

  expect(stderr).toBe('');
  expect(status).toBe(0);
});
