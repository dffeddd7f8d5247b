// The built server in one file, with what V8 has compiled of it beside it: it is there after a third of the processor time
// that loading its 2,500 modules one by one takes. Tests start servers by the hundred. What is packed is dist/ as it is; the
// files themselves are started by test/platform/start.spec.ts, by the stories of installations and by the measurements.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const FOLDER = resolve('dist', 'packed');
/** What is given to `startServer` as the file to start. */
const ENTRY = 'server.cjs';
/** Reads files beside its own, has an instance of its own for `require`, or is rarely needed: these stay where they are. */
const KEPT = /^(better-sqlite3(-napi)?|class-transformer|dockerode|esbuild|@swc\/wasm-typescript)(\/|$)/;

/** Packs the server unless that is done for this build, and answers with the file to start. `use` has it do what most servers of tests do. */
export async function packedServer(use) {
  const entry = join(FOLDER, ENTRY);
  if (existsSync(entry)) return entry;
  const folder = mkdtempSync(`${FOLDER}-`);
  try {
    await bundle(join(folder, 'main.cjs'));
    writeFileSync(join(folder, ENTRY), LOADER);
    await use(join(folder, ENTRY));
    // Another jest on the same build may have been first.
    if (!existsSync(entry)) renameSync(folder, FOLDER);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return entry;
}

async function bundle(outfile) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [resolve('dist/src/main.js')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minifyWhitespace: true,
    legalComments: 'none',
    // Classes are found and told by their names.
    keepNames: true,
    plugins: [{ name: 'places', setup: keepPlaces }],
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'error' },
  });
}

/** Each file goes on believing that it is where it was built, and what is optional and missing stays so. */
function keepPlaces({ onLoad, onResolve, resolve: find }) {
  const main = resolve('dist/src/main.js');
  onLoad({ filter: /\.m?js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
    // CommonJS awaits within functions only. The entry imports nothing but lazily.
    return { contents: path === main ? `(async () => {${text}\n})();` : text };
  });
  onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
    if (pluginData === 'asked') return undefined;
    const external = KEPT.test(path) || (await find(path, { ...from, pluginData: 'asked' })).errors.length > 0;
    return external ? { path, external } : undefined;
  });
}

/** Whoever finds nothing compiled leaves it there at the end. V8 takes it from a process with the same flags only. */
const LOADER = `const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { join } = require('node:path');
const { constants, Script } = require('node:vm');

const filename = join(__dirname, 'main.cjs');
const compiled = join(__dirname, 'main.compiled');
const script = new Script(wrap(readFileSync(filename, 'utf8')), {
  filename,
  cachedData: existsSync(compiled) ? readFileSync(compiled) : undefined,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
if (!existsSync(compiled)) process.once('exit', () => writeFileSync(compiled, script.createCachedData()));
script.runInThisContext()(exports, createRequire(filename), module, filename, __dirname);
`;
