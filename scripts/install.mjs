// Installs the packages of a package-lock.json, unless they are already installed for this version of Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Parley needs Node 20.19 or newer; this is ${process.version}.`);
    process.exit(1);
  }
  const notice = 'Installing dependencies (once; SQLite is compiled where no binary fits, about a minute) …';
  installFolder('.', ['--include=dev'], notice);
}

export function installFolder(folder, options, notice) {
  const stamp = join(folder, 'node_modules', '.installed-from');
  // Native modules are compiled for one Node ABI, so another Node needs a new installation.
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const now = `${lock} ${process.versions.modules} ${process.platform} ${process.arch}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  console.log(notice);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', ...options, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, now);
}
