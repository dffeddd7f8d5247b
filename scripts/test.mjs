// `npm test`: installs and builds what is missing, runs all tests, and prints one line with the counts. `--quick` (`npm
// run test:quick`) runs the tests that scripts/quick.mjs selects, without a container engine. Of long-running generated
// programs it runs a tenth, selected by a printed seed; `--long` (`npm run test:long`) runs all. `--postgres` (`npm run
// test:postgres`) runs everything that stores something on a Postgres cluster of its own. A few files that fail are run a
// second time alone; what then passes is named.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { postgresPrograms } from './postgres.mjs';
import { quickOf, storingOf } from './quick.mjs';
import { areToolsWanted, tools } from './tools.mjs';

const [isQuick, isLong, isPostgres] = ['--quick', '--long', '--postgres'].map((kind) => process.argv[2] === kind);
const given = process.argv.slice(isQuick || isLong || isPostgres ? 3 : 2);

if (isPostgres && !postgresPrograms() && process.env.CI !== 'true') {
  console.log('0 passed: Postgres is not installed (the package postgresql)');
  process.exit(0);
}
install();
if (areToolsWanted() && !isQuick) tools();
await build();
if (!isQuick) {
  // Imported only after the installation and the build.
  const { sandboxImage } = await import('./sandbox-image.mjs');
  await sandboxImage();
}
const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
const report = join(folder, 'report.json');
// Each test file loads its modules again, and they become garbage when it ends: fewer and cheaper young-generation
// collections save about an eighth of jest's own time.
const COLLECTING = ['--min-semi-space-size=32', '--single-threaded-gc'];
const jest = join('node_modules', 'jest', 'bin', 'jest.js');
// One more than the two cores for which the tests are made, because each worker is idle for about a quarter of the
// time.
const workers = given.some((each) => /^(-w|-i|--maxWorkers|--runInBand)/.test(each)) ? [] : ['--maxWorkers=3'];
/** Of more failed files than this, none is run a second time. */
const MOST_FILES_AGAIN = 5;
const select = isQuick ? quickOf : isPostgres ? storingOf : undefined;
const chosen = select ? ['--runTestsByPath', ...select(listed())] : [];
const seed = given.some((each) => each.startsWith('--seed')) ? [] : [`--seed=${randomInt(2 ** 31)}`];
if (!isLong) console.error(`A tenth of each long program is run: ${seed[0] ?? 'the one of the seed given'}`);
const env = {
  ...process.env,
  ...(isLong && { LONG_PROGRAMS: 'whole' }),
  ...(isPostgres && { TEST_DATABASE: 'postgres' }),
  // A quick test that uses a container engine would fail.
  ...(isQuick && { DOCKER_HOST: `unix://${join(folder, 'no-engine')}` }),
};
const first = runJest([...workers, ...seed, ...given, ...chosen]);
const failed = first.filter(({ status }) => status === 'failed');
// With containers and dozens of servers on two cores, a time limit of the product itself can pass. A second, undisturbed run
// tells that from a fault; a fault fails again.
const again =
  failed.length > 0 && failed.length <= MOST_FILES_AGAIN
    ? runJest(['--runInBand', ...seed, '--runTestsByPath', ...failed.map(({ name }) => name)])
    : [];
for (const { name, assertionResults } of failed) {
  const second = again.find((file) => file.name === name);
  if (second?.status !== 'passed') continue;
  const unsteady = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  console.error(`Failed beside other tests, passed alone: ${[relative('.', name), ...unsteady].join('\n  ')}`);
}
rmSync(folder, { recursive: true });
const files = first.map((file) => again.find(({ name }) => name === file.name) ?? file);
const results = files.flatMap(({ assertionResults }) => assertionResults);
const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
// A file that cannot be loaded counts as one failed test.
const broken = files.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.length);
const failures = count('failed') + broken.length;
console.log(`${count('passed')} passed, ${failures} failed, ${count('pending', 'skipped', 'todo')} skipped`);
process.exit(failures || files.some(({ status }) => status === 'failed') || !files.length ? 1 : 0);

/** Runs jest and returns its results by test file. */
function runJest(args) {
  rmSync(report, { force: true });
  spawnSync(process.execPath, [...COLLECTING, jest, '--json', `--outputFile=${report}`, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return JSON.parse(readFileSync(report, 'utf8')).testResults;
}

/** All test files, or those that the arguments select. */
function listed() {
  const { stdout } = spawnSync(process.execPath, [jest, '--listTests', '--json', ...given], { encoding: 'utf8' });
  return JSON.parse(stdout);
}
