import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const documents = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && file !== 'CHANGELOG.md' && !file.startsWith('test/fixtures/'));

/** `a/b.ts` or `a/b`, as ARCHITECTURE.md names files and folders: from the root of the repository or from `src`. */
const namedPaths = (text: string) =>
  [...text.matchAll(/`((?:[a-z][a-z.-]*\/)+[a-z.-]+\.ts)`/g)].map(([, path]) => path ?? '');
const links = (text: string) =>
  [...text.matchAll(/\]\((?!https?:|\/|#|mailto:)([^)#\s]+)/g)].map(([, target]) => target ?? '');

describe.each(documents)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  test('names only files that exist', () => {
    const missing = namedPaths(text).filter(
      (path) => !['', 'src', dirname(file)].some((base) => existsSync(join(base, path))),
    );

    expect(missing).toEqual([]);
  });

  test('links only to files that exist', () => {
    const missing = links(text).filter((target) => !existsSync(join(dirname(file), target)));

    expect(missing).toEqual([]);
  });
});
