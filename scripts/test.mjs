// `npm test`: installs and builds what is missing, runs every test, and ends with one plain line of counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { areToolsWanted, tools } from './tools.mjs';

install();
if (areToolsWanted()) tools();
build();
// Only now is everything installed that this imports.
const { sandboxImage } = await import('./sandbox-image.mjs');
await sandboxImage();
const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
const report = join(folder, 'report.json');
const jest = join('node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(
  process.execPath,
  [jest, '--json', `--outputFile=${report}`, '--maxWorkers=2', ...process.argv.slice(2)],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(
  readFileSync(report, 'utf8'),
);
rmSync(folder, { recursive: true });
// A file that does not even load has no test that could fail: it counts as one.
const broken = testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.length);
console.log(`${numPassedTests} passed, ${numFailedTests + broken.length} failed, ${numPendingTests} skipped`);
process.exit(status || numFailedTestSuites ? 1 : 0);
