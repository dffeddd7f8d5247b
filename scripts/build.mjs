// Compiles what nest-cli.json names to dist/, as `nest build` does, unless dist/ already is what these files give. Callers: npm start, npm test.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { builder } = JSON.parse(readFileSync('nest-cli.json', 'utf8')).compilerOptions;
const { filenames: FOLDERS, outDir: DIST } = builder.options;
const STAMP = join(DIST, '.built-from');

/** A hash of every file that the build reads. */
function sources() {
  const hash = createHash('sha256');
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else hash.update(`${path}\0`).update(readFileSync(path));
    }
  };
  for (const folder of [...FOLDERS, 'web']) walk(folder);
  for (const file of ['.swcrc', 'nest-cli.json', 'package-lock.json', 'scripts/verify-page.mjs'])
    hash.update(readFileSync(file));
  return hash.digest('hex');
}

export async function build() {
  const now = sources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === now) return;
  rmSync(DIST, { recursive: true, force: true });
  const swc = join('node_modules', '@swc', 'cli', 'bin', 'swc.js');
  const { status } = spawnSync(process.execPath, [swc, ...FOLDERS, '-d', DIST, '--copy-files', '--quiet'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  // Imported only here: it needs packages that `npm start` has just installed.
  const { verifyPage } = await import('./verify-page.mjs');
  await verifyPage(DIST);
  writeFileSync(STAMP, now);
}
