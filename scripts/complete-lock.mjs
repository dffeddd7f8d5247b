// Completes package-lock.json if the registry lacks binary packages of other platforms, because `npm ci` refuses a lock
// without them. `npm run lock` creates the lock, and this script adds the missing optional packages with the exact
// version that their parent requires. For tools/: npm install --package-lock-only in that folder, then this script with
// the folder's name.
import { readFileSync, writeFileSync } from 'node:fs';

const [folder = '.'] = process.argv.slice(2);
const FILE = new URL(`../${folder}/package-lock.json`, import.meta.url);
const OS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
};
const CPU = {
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  x64: 'x64',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
};
const MORE_CPUS = { loong64: 'loong64', mips64el: 'mips64el', wasm32: 'wasm32', 'arm-gnueabihf': 'arm' };

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([where, parent]) =>
  where === '' ? [] : missingOf(where, parent).map((name) => [`node_modules/${name}`, entryFor(name, parent)]),
);
// A workspace is a link without a download URL.
for (const entry of Object.values(lock.packages)) if (!entry.link) delete entry.resolved;
const { '': root, ...rest } = { ...lock.packages, ...Object.fromEntries(missing) };
const sorted = Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = { '': root, ...Object.fromEntries(sorted) };
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} packages of other platforms added`);

/** Optional dependencies that are missing in this folder and all folders above it. */
function missingOf(where, { optionalDependencies = {} }) {
  const folders = where.split('node_modules/').map((_, i, parts) => parts.slice(0, i + 1).join('node_modules/'));
  return Object.keys(optionalDependencies).filter(
    (name) =>
      platformOf(name) &&
      !lock.packages[`${where}/node_modules/${name}`] &&
      !folders.some((folder) => lock.packages[`${folder}node_modules/${name}`]),
  );
}

/** The platform by the package name, such as `@swc/core-darwin-arm64`; undefined if it is not a binary package. */
function platformOf(name) {
  const words = name.replace(/^@[^/]+\//, '').split('-');
  const os = words.map((word) => OS[word]).find(Boolean);
  const cpu = words.map((word) => CPU[word] ?? MORE_CPUS[word]).find(Boolean);
  return os || cpu ? { os, cpu } : undefined;
}

function entryFor(name, parent) {
  const { os, cpu } = platformOf(name);
  return {
    version: parent.optionalDependencies[name].replace(/^[~^]/, ''),
    ...(cpu && { cpu: [cpu] }),
    ...(parent.dev && { dev: true }),
    ...(parent.license && { license: parent.license }),
    optional: true,
    ...(os && { os: [os] }),
    ...(parent.engines && { engines: parent.engines }),
  };
}
