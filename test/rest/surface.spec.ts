import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('what is printed in docs/surface and .env.example is what the code says', () => {
  const { status, stderr } = spawnSync(process.execPath, ['dist/src/print-surface.js', '--check'], {
    encoding: 'utf8',
  });

  expect(stderr).toBe('');
  expect(status).toBe(0);
});
