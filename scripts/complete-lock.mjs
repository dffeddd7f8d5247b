// A registry that lacks the binary packages of other platforms leaves them out of package-lock.json, and `npm ci` refuses
// such a lock everywhere. `npm run lock` makes the lock anew and adds what is missing here: the optional packages of other
// platforms, by the exact version that their parent names. For tools/: npm install --package-lock-only in that folder, then
// this script with its name.
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
// A workspace is a link, and its place is all there is to it.
for (const entry of Object.values(lock.packages)) if (!entry.link) delete entry.resolved;
const { '': root, ...rest } = { ...lock.packages, ...Object.fromEntries(missing) };
const sorted = Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = { '': root, ...Object.fromEntries(sorted) };
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} packages of other platforms added`);

/** Optional dependencies that no folder above or below `where` has. */
function missingOf(where, { optionalDependencies = {} }) {
  const folders = where.split('node_modules/').map((_, i, parts) => parts.slice(0, i + 1).join('node_modules/'));
  return Object.keys(optionalDependencies).filter(
    (name) =>
      platformOf(name) &&
      !lock.packages[`${where}/node_modules/${name}`] &&
      !folders.some((folder) => lock.packages[`${folder}node_modules/${name}`]),
  );
}

/** Read from the name: `@swc/core-darwin-arm64`. Undefined for what is not a binary package. */
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
