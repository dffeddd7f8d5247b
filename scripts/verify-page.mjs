// Bundles the scripts of the page /verify to dist/verify-page: the page, and the worker with the whole verifier, the engine of
// bots and the stripper of types. Files of bot-sdk that need Node are replaced by those of web/verify.
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const BROWSER = resolve('web', 'verify');
const REPLACED = ['engine-binary', 'new-stripper', 'digest', 'is-zero'];

const forBrowsers = {
  name: 'for-browsers',
  setup({ onResolve }) {
    onResolve({ filter: /\/(engine-binary|new-stripper|digest|is-zero)\.js$/ }, ({ path, importer }) => {
      const name = basename(path, '.js');
      const isOfSdk = resolve(importer, '..') === resolve('bot-sdk') && REPLACED.includes(name);
      return isOfSdk ? { path: join(BROWSER, `${name}.ts`) } : undefined;
    });
    // @swc/wasm-typescript takes names from them that are in browsers too.
    onResolve({ filter: /^(node:)?(util|buffer)$/ }, () => ({ path: join(BROWSER, 'node-globals.ts') }));
  },
};

export async function verifyPage(dist) {
  await build({
    entryPoints: ['page.ts', 'worker.ts'].map((file) => join(BROWSER, file)),
    outdir: join(dist, 'verify-page'),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
    minify: true,
    legalComments: 'eof',
    loader: { '.wasm': 'binary' },
    inject: [join(BROWSER, 'node-globals.ts')],
    plugins: [forBrowsers],
    logLevel: 'warning',
  });
}
