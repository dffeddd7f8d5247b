import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { BundleError } from '../../bot-sdk/bundle-error.js';

const require = createRequire(import.meta.url);
const MOST_KEPT = 200;
const kept = new Map<string, string>();

/**
 * The source of each package that a bot imports, as one module that holds what the bot takes of it and imports nothing.
 * Throws a BundleError where the package has no such name.
 */
export function bundlePackages(packages: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(packages).map(([name, taken]) => [name, packageOf(name, taken)]));
}

function packageOf(name: string, taken: readonly string[]): string {
  const entry = entryOf(name, taken);
  const known = kept.get(entry);
  if (known !== undefined) return known;
  const source = bundle(name, entry);
  if (kept.size < MOST_KEPT) kept.set(entry, source);
  return source;
}

/** Only what a bot names is bundled: most of a package is never asked for. */
function entryOf(name: string, taken: readonly string[]): string {
  // A module may name an export by any text; here a text could name a file of the server's.
  if (!taken.every((word) => word === '*' || IDENTIFIER.test(word))) throw missing(name);
  const from = `from ${JSON.stringify(name)};`;
  if (taken.includes('*')) return `export * ${from}`;
  return taken.map((word) => `export { ${word} } ${from}`).join('\n');
}

function bundle(name: string, contents: string): string {
  try {
    const { outputFiles } = buildSync({
      stdin: { contents, resolveDir: dirname(import.meta.dirname) },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'es2023',
      // lodash-es makes code of text to find the global object where it is not under this name.
      define: { global: 'globalThis' },
      minify: true,
      legalComments: 'none',
      logLevel: 'silent',
      banner: { js: `/* ${name} ${versionOf(name)} */` },
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    // Its own failures have no list of what is wrong with the input.
    throw (error as { errors?: unknown[] }).errors?.length ? missing(name) : error;
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

const missing = (name: string) => new BundleError('SYNTAX', `${name} does not export what the bot imports from it`);

function versionOf(name: string): string {
  const folder = require.resolve.paths(name)?.map((path) => join(path, name, 'package.json')) ?? [];
  for (const file of folder) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')).version;
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return 'unknown';
}
