// Which test files `npm run test:quick` runs. The rule: every file that needs no container, no browser, no tool installed apart
// and no server process of its own (useServer shares one). What a file needs is read from its imports, those of the test helpers it uses included.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** What takes long: each is named by the module through which a test gets it. */
const LONG = [
  /^test\/support\/server\.ts$/, // starts a server
  /^test\/support\/sandbox\.ts$/, // asks for a container engine
  /^src\/runtime\/docker\/(container-engine|docker-runner)\.ts$/,
  /^test\/support\/tools\.ts$/, // runs the official tools, which are installed apart
  /^dockerode$/,
  /^playwright-core$/,
];
/** Where a test's own code ends: what the server imports says nothing about the test. */
const FOLLOWED = /^test\/|\.(spec|test)\.ts$/;

const IMPORT =
  /^(?:import|export)\s+(?!type\b)([^;'"]*?)\s*from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm;

/** Whether a test file, by its path from the project's folder, is one of the quick ones. */
export function isQuick(file, seen = new Set()) {
  if (seen.has(file)) return true;
  seen.add(file);
  return importsOf(file).every(
    (name) => !LONG.some((long) => long.test(name)) && (!FOLLOWED.test(name) || isQuick(name, seen)),
  );
}

/** The modules that a file imports for more than their types: a path from the project's folder, or the name of a package. */
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

/** Jest's list of files, from the project's folder. */
export const quickOf = (files) =>
  files.map((file) => relative('.', file).split(sep).join('/')).filter((file) => isQuick(file));
