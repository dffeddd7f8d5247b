// `npm test`: installs and builds what is missing, runs every test, and ends with one plain line of counts. With `--quick`
// (`npm run test:quick`) it runs the tests that scripts/quick.mjs chooses, and no container engine is to be found.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { quickOf } from './quick.mjs';
import { areToolsWanted, tools } from './tools.mjs';

const isQuick = process.argv[2] === '--quick';
const given = process.argv.slice(isQuick ? 3 : 2);

install();
if (areToolsWanted() && !isQuick) tools();
build();
if (!isQuick) {
  // Only now is everything installed that this imports.
  const { sandboxImage } = await import('./sandbox-image.mjs');
  await sandboxImage();
}
const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
const report = join(folder, 'report.json');
const jest = join('node_modules', 'jest', 'bin', 'jest.js');
const workers = given.some((each) => /^(-w|-i|--maxWorkers|--runInBand)/.test(each)) ? [] : ['--maxWorkers=2'];
const chosen = isQuick ? ['--runTestsByPath', ...quickOf(listed())] : [];
// Were a container asked for all the same, that test would fail.
const env = isQuick ? { ...process.env, DOCKER_HOST: `unix://${join(folder, 'no-engine')}` } : process.env;
const { status } = spawnSync(
  process.execPath,
  [jest, '--json', `--outputFile=${report}`, ...workers, ...given, ...chosen],
  { env, stdio: ['ignore', 'ignore', 'inherit'] },
);
const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(
  readFileSync(report, 'utf8'),
);
rmSync(folder, { recursive: true });
// A file that does not even load has no test that could fail: it counts as one.
const broken = testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.length);
console.log(`${numPassedTests} passed, ${numFailedTests + broken.length} failed, ${numPendingTests} skipped`);
process.exit(status || numFailedTestSuites ? 1 : 0);

/** Every test file there is, or those that the arguments choose. */
function listed() {
  const { stdout } = spawnSync(process.execPath, [jest, '--listTests', '--json', ...given], { encoding: 'utf8' });
  return JSON.parse(stdout);
}
