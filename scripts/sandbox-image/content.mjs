// The content of a sandbox image: the files of sandbox-image/, and the JavaScript harness bundled to one file.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

const FOLDER = 'sandbox-image';
const BASE_FILES = ['assemble.mjs', 'packages.json'];
const FILES = [...BASE_FILES, 'Dockerfile', 'prepare.mjs'];
const HARNESS = join(FOLDER, 'node/main.ts');

/** The files of the image by path, and the hashes that name the image and its base. */
export function content() {
  const files = new Map(FILES.map((name) => [name, readFileSync(join(FOLDER, name))]));
  files.set('harness/node/main.mjs', bundleHarness());
  for (const path of pythonFiles(join(FOLDER, 'python'))) files.set(`harness/python/${path.name}`, path.bytes);
  return { files, hash: hashOf(files), baseHash: hashOf(new Map(BASE_FILES.map((name) => [name, files.get(name)]))) };
}

/** Writes the files to a temporary folder while `use` runs. */
export async function inFolder(files, use) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-image-'));
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const { node: NODE } = JSON.parse(readFileSync(join(FOLDER, 'packages.json'), 'utf8'));

function bundleHarness() {
  const { outputFiles } = buildSync({
    entryPoints: [HARNESS],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    write: false,
    logLevel: 'error',
  });
  return Buffer.from(outputFiles[0].contents);
}

function pythonFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.(py|json)$/.test(name) && !/(^|\/)test_/.test(name))
    .sort()
    .map((name) => ({ name: name.replaceAll('\\', '/'), bytes: readFileSync(join(folder, name)) }));
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}
