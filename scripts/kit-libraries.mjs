// Generates bot-sdk/kit/libraries/urls.ts from the package whatwg-url, without its large tables of names and old
// encodings. Run it after an update of that package: node scripts/kit-libraries.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const FILE = 'bot-sdk/kit/libraries/urls.ts';

/** The content of the generated file. */
export function urlsFile() {
  const { version, license } = JSON.parse(readFileSync('node_modules/whatwg-url/package.json', 'utf8'));
  const { outputFiles } = buildSync({
    stdin: { contents: `export { URL, URLSearchParams } from 'whatwg-url';`, resolveDir: '.' },
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    format: 'iife',
    globalName: 'urls',
    platform: 'neutral',
    mainFields: ['main'],
    target: 'es2023',
    legalComments: 'none',
    // A realm has no SharedArrayBuffer.
    define: { SharedArrayBuffer: 'ArrayBuffer' },
    alias: {
      tr46: './scripts/kit-libraries/hosts.mjs',
      'webidl-conversions': './scripts/kit-libraries/conversions.mjs',
      '@exodus/bytes/whatwg.js': './scripts/kit-libraries/encoding.mjs',
      '@exodus/bytes/encoding.js': './scripts/kit-libraries/encoding.mjs',
    },
  });
  const script = `(function(){${likeNode(outputFiles[0].text)}return urls})()`;
  return `/**
 * URLs as the standard has them: whatwg-url ${version} (${license}) and punycode (MIT), as
 * scripts/kit-libraries.mjs puts them together.
 */
export const URLS = ${JSON.stringify(script).replaceAll('${', '$\\u007b')};
`;
}

/** Replaces the errors by those of Node. */
function likeNode(text) {
  const thrown = /new TypeError\(`Invalid URL: \$\{(\w+)\}`\)/g;
  if (!thrown.test(text)) throw new Error('whatwg-url throws another error for what is no URL');
  return text.replace(thrown, 'Object.assign(new TypeError("Invalid URL"),{code:"ERR_INVALID_URL",input:$1})');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(FILE, urlsFile());
