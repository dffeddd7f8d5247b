import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { BundleError, withLine } from './bundle-error.js';
import type { SourceFacts } from './source-facts.js';

const require = createRequire(import.meta.url);
const MAX_KEPT = 200;
const kept = new Map<string, string>();

/**
 * Bundles each imported package to one module without imports, with only the names that the bot takes from it. Throws a
 * BundleError if the package does not have such a name.
 */
export function bundlePackages({ packages, importLines }: Imported): Record<string, string> {
  const bundled = Object.entries(packages).map(([name, taken]) => {
    const source = packageOf(name, taken);
    if (source !== undefined) return [name, source];
    const fault = `${name} does not export what the bot imports from it`;
    throw new BundleError('SYNTAX', withLine(fault, importLines.get(name)));
  });
  return Object.fromEntries(bundled);
}

type Imported = Pick<SourceFacts, 'packages' | 'importLines'>;

/** Undefined if the package does not have such a name. */
function packageOf(name: string, taken: readonly string[]): string | undefined {
  const entry = entryOf(name, taken);
  if (entry === undefined) return undefined;
  const known = kept.get(entry);
  if (known !== undefined) return known;
  const source = bundle(name, entry);
  if (source === undefined) return undefined;
  if (kept.size < MAX_KEPT) kept.set(entry, source);
  return source;
}

/** A module that re-exports only the names that the bot uses, so that the rest is not bundled. */
function entryOf(name: string, taken: readonly string[]): string | undefined {
  // The name of an export may be any string; here it could be the name of a file of the server.
  if (!taken.every((word) => word === '*' || IDENTIFIER.test(word))) return undefined;
  const from = `from ${JSON.stringify(name)};`;
  if (taken.includes('*')) return `export * ${from}`;
  return taken.map((word) => `export { ${word} } ${from}`).join('\n');
}

function bundle(name: string, contents: string): string | undefined {
  try {
    const { outputFiles } = buildSync({
      stdin: { contents, resolveDir: dirname(import.meta.dirname) },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'es2023',
      // Without this name lodash-es would create code from text to find the global object.
      define: { global: 'globalThis' },
      minify: true,
      legalComments: 'none',
      logLevel: 'silent',
      banner: { js: `/* ${name} ${versionOf(name)} */` },
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    // esbuild lists errors of the input; an error without a list is its own failure.
    if ((error as { errors?: unknown[] }).errors?.length) return undefined;
    throw error;
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

function versionOf(name: string): string {
  const folder = require.resolve.paths(name)?.map((path) => join(path, name, 'package.json')) ?? [];
  for (const file of folder) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')).version;
    } catch {
      // Not in this folder; try its parent.
    }
  }
  return 'unknown';
}
