// The built server and each of its threads in one file, with what V8 has compiled of it beside it: it is there after a third
// of the processor time that loading its 2,500 modules one by one takes. Tests start servers by the hundred. What is packed is
// dist/ as it is; the files themselves are started by test/platform/start.spec.ts, by the stories of installations and by the measurements.
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const FOLDER = resolve('dist', 'packed');
/** What is given to `startServer` as the file to start. */
const ENTRY = 'server.cjs';
/** The database of a new server that is packed: its tables, without rows. */
const EMPTY_DATABASE = 'empty.sqlite';
/** What is packed: the server and its threads. Each is started by the file with its name. */
const PACKED = {
  server: 'dist/src/main.js',
  'inline-bot.worker': 'dist/src/bots/code/inline-bot.worker.js',
  'findings.worker': 'dist/src/bots/moderation/findings.worker.js',
  'embedded.worker': 'dist/src/runtime/embedded/embedded.worker.js',
};
/** Reads files beside its own, has an instance of its own for `require`, or is rarely needed: these stay where they are. */
const KEPT = /^(better-sqlite3(-napi)?|class-transformer|dockerode|esbuild|@swc\/wasm-typescript)(\/|$)/;

/** Packs the server unless that is done for this build, and answers with the file to start. `use` has it do what most servers of tests do. */
export async function packedServer(use) {
  const entry = join(FOLDER, ENTRY);
  if (existsSync(entry)) return entry;
  const folder = mkdtempSync(`${FOLDER}-`);
  try {
    for (const [name, file] of Object.entries(PACKED)) {
      await bundle(file, join(folder, `${name}.packed.cjs`));
      writeFileSync(join(folder, `${name}.cjs`), loaderOf(`${name}.packed`));
    }
    await migrated(folder);
    await use(join(folder, ENTRY));
    // Another jest on the same build may have been first.
    if (!existsSync(entry)) renameSync(folder, FOLDER);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return entry;
}

async function migrated(folder) {
  const { SqliteDatabase } = await import('../../dist/src/platform/database/sqlite-database.js');
  const { APP_SCHEMA } = await import('../../dist/src/app.module.js');
  const file = join(folder, EMPTY_DATABASE);
  await (await SqliteDatabase.open(file, APP_SCHEMA)).onApplicationShutdown();
  // Only its owner may read the database of a server.
  chmodSync(file, 0o600);
}

async function bundle(file, outfile) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [resolve(file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // A script that V8 has compiled before cannot import.
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    legalComments: 'none',
    // Classes are found and told by their names.
    keepNames: true,
    plugins: [{ name: 'places', setup: keepPlaces }],
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'error' },
  });
}

/** Each file goes on believing that it is where it was built, except that threads are those packed beside it; what is optional and missing stays so. */
function keepPlaces({ initialOptions, onLoad, onResolve, resolve: find }) {
  const [entry] = initialOptions.entryPoints;
  onLoad({ filter: /\.m?js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
      .replace(/new URL\([^)]*'\.\/([\w-]+\.worker)\.js', import\.meta\.url\)/, (_, name) => packedThread(name))
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
    return { contents: path === entry ? asFunction(text) : text };
  });
  onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
    if (pluginData === 'asked') return undefined;
    const external = KEPT.test(path) || (await find(path, { ...from, pluginData: 'asked' })).errors.length > 0;
    return external ? { path, external } : undefined;
  });
}

const packedThread = (name) => `require('node:url').pathToFileURL(require('node:path').join(__dirname, '${name}.cjs'))`;

/** CommonJS awaits within functions only. */
function asFunction(text) {
  const imports = text.match(/^import .*;$/gm) ?? [];
  const rest = imports.reduce((left, line) => left.replace(line, ''), text);
  return `${imports.join('\n')}\nmodule.exports = (async () => {${rest}\n})();`;
}

/**
 * Whoever finds nothing compiled leaves it there: a process at its end, a thread when it is ready. V8 takes it from a process
 * with the same flags only.
 */
const loaderOf = (name) => `const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');
const { isMainThread, threadId } = require('node:worker_threads');

const filename = join(__dirname, '${name}.cjs');
const compiled = join(__dirname, '${name}.compiled');
const isKnown = existsSync(compiled);
const script = new Script(wrap(readFileSync(filename, 'utf8')), {
  filename,
  cachedData: isKnown ? readFileSync(compiled) : undefined,
});
const unfinished = \`\${compiled}-\${process.pid}-\${threadId}\`;
const leave = () => {
  writeFileSync(unfinished, script.createCachedData());
  renameSync(unfinished, compiled);
};
if (!isKnown && isMainThread) process.once('exit', leave);
script.runInThisContext()(exports, createRequire(filename), module, filename, __dirname);
if (!isKnown && !isMainThread) module.exports.then(leave);
`;
