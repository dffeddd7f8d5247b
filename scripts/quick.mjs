// Selects the test files of `npm run test:postgres` (every file that stores something) and of `npm run test:quick`: every file that needs no container, browser, separately installed
// tool or server process of its own (useServer shares one). It decides by the imports of the file and of the test
// helpers it uses.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Slow dependencies, each with the module through which a test uses it. */
const LONG = [
  /^test\/support\/server\.ts$/, // starts a server
  /^test\/support\/sandbox\.ts$/, // // needs a container engine
  /^src\/runtime\/docker\/(container-engine|docker-runner)\.ts$/,
  /^test\/support\/tools\.ts$/, // // runs the official tools, which are installed separately
  /^dockerode$/,
  /^playwright-core$/,
];
/** Only imports of test code are followed; imports of the server are irrelevant. */
const FOLLOWED = /^test\/|\.(spec|test)\.ts$/;

const IMPORT =
  /^(?:import|export)\s+(?!type\b)([^;'"]*?)\s*from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm;

/** What stores something in the database that is configured. */
const STORING = [/^test\/support\/(server|use-server|database)\.ts$/];

/** Whether a test file, by its path from the project's folder, is quick. */
export const isQuick = (file) => !uses(file, LONG);

/** Whether what a test file shows may depend on the database. */
export const isStoring = (file) => uses(file, STORING);

function uses(file, wanted, seen = new Set()) {
  if (seen.has(file)) return false;
  seen.add(file);
  return importsOf(file).some(
    (name) => wanted.some((each) => each.test(name)) || (FOLLOWED.test(name) && uses(name, wanted, seen)),
  );
}

/** The non-type imports of a file: paths from the project's folder, or names of packages. */
function importsOf(file) {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(([, names, from, lazily, alone]) => {
    const name = from ?? lazily ?? alone;
    if (isTypesOnly(names)) return [];
    if (!name.startsWith('.')) return [name];
    const path = join(dirname(file), name).split(sep).join('/').replace(/\.js$/, '.ts');
    return existsSync(path) ? [path] : [];
  });
}

const isTypesOnly = (names = '') =>
  names.startsWith('{') &&
  names
    .slice(1, -1)
    .split(',')
    .every((each) => !each.trim() || each.trim().startsWith('type '));

/** Filters jest's list of files, and makes them relative to the project's folder. */
export const quickOf = (files) => relativeOf(files).filter(isQuick);

export const storingOf = (files) => relativeOf(files).filter(isStoring);

const relativeOf = (files) => files.map((file) => relative('.', file).split(sep).join('/'));
