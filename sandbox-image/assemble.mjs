// Creates the file system of a sandbox from Debian packages and a Node binary. Packages are only unpacked: no package
// script runs, so no root is needed, and files that no bot needs are left out. Runs on Debian 12 or in an image of it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { debian } = JSON.parse(fs.readFileSync(new URL('packages.json', import.meta.url), 'utf8'));
const BOT = 10001;

/**
 * Fills the empty folder `root`. `node` is the path of the binary. Throws an Error with a sentence if a package is not
 * available.
 */
export function assemble(root, node) {
  layOut(root);
  const packages = unpackDebian(root);
  fs.mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  fs.copyFileSync(node, join(root, 'usr/local/bin/node'));
  fs.symlinkSync('python3.11', join(root, 'usr/bin/python3'));
  bundleCertificates(root);
  removeUnused(root);
  writeAccounts(root);
  fs.writeFileSync(join(root, 'opt/sandbox/packages.txt'), `${packages.join('\n')}\n`);
  plainModes(root);
}

/** Sets modes that do not depend on the builder's umask: only root may write, and there are no setuid files. */
export function plainModes(root) {
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmod(path, 0o755);
    if (entry.isFile()) chmod(path, modeOf(path.slice(root.length + 1), fs.statSync(path).mode));
  }
}

/** Documentation, and parts of Python that need a terminal, a screen, a compiler or a database. */
const UNUSED = {
  etc: 'ca-certificates python3.11',
  'usr/bin': 'chardetect normalizer',
  'usr/lib/python3.11':
    '__pycache__ curses distutils ensurepip idlelib lib2to3 pydoc_data sitecustomize.py sqlite3 test tkinter turtledemo venv',
  'usr/sbin': 'tzconfig update-ca-certificates',
  'usr/share': 'binfmts bug ca-certificates doc doc-base gcc gdb lintian locale man pixmaps python3',
  // Further copies of the time zones, with and without leap seconds, and lists for people.
  'usr/share/zoneinfo': 'iso3166.tab leap-seconds.list leapseconds posix posixrules right tzdata.zi',
};
/** Rare character sets, and libraries for debuggers. */
const UNUSED_LIBRARIES = 'audit gconv';

/** Debian's directory layout, including the mount points of container engines, so that every build is the same. */
function layOut(root) {
  for (const folder of ['bin', 'lib', 'lib64', 'sbin']) {
    fs.mkdirSync(join(root, 'usr', folder), { recursive: true });
    fs.symlinkSync(`usr/${folder}`, join(root, folder));
  }
  for (const folder of ['dev', 'etc', 'opt/sandbox', 'proc', 'sys', 'tmp', 'workspace']) {
    fs.mkdirSync(join(root, folder), { recursive: true });
  }
}

function unpackDebian(root) {
  const folder = fs.mkdtempSync(join(tmpdir(), 'parley-debian-'));
  try {
    // As root, apt would download as another user who cannot write here.
    run('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...debian], { cwd: folder });
    const files = fs.readdirSync(folder).sort();
    for (const file of files) unpack(join(folder, file), root);
    return files.map((file) => decodeURIComponent(file.replace(/_[^_]+\.deb$/, '').replace('_', ' ')));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Packages with a folder /lib are unpacked through the symbolic link /lib; `dpkg-deb -x` would replace the link. */
function unpack(file, root) {
  const tar = run('dpkg-deb', ['--fsys-tarfile', file]);
  run('tar', ['-x', '--keep-directory-symlink', '--no-same-owner', '-C', root], { input: tar });
}

/** Does the work of the package's own script. */
function bundleCertificates(root) {
  const folder = join(root, 'usr/share/ca-certificates/mozilla');
  const certificates = fs.readdirSync(folder).sort();
  fs.mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  fs.writeFileSync(
    join(root, 'etc/ssl/certs/ca-certificates.crt'),
    certificates.map((name) => fs.readFileSync(join(folder, name), 'utf8')).join(''),
  );
  // OpenSSL's default location, which Python's urllib uses.
  fs.mkdirSync(join(root, 'usr/lib/ssl'), { recursive: true });
  fs.symlinkSync('/etc/ssl/certs/ca-certificates.crt', join(root, 'usr/lib/ssl/cert.pem'));
}

function removeUnused(root) {
  for (const [folder, names] of Object.entries({ ...UNUSED, [libraries(root)]: UNUSED_LIBRARIES })) {
    for (const name of names.split(' ')) fs.rmSync(join(root, folder, name), { recursive: true, force: true });
  }
}

/** Debian's folder of C libraries for this processor. */
export function libraries(root) {
  const [name] = fs.readdirSync(join(root, 'usr/lib')).filter((entry) => entry.endsWith('-linux-gnu'));
  return `usr/lib/${name}`;
}

/**
 * These files are executable but not readable, so their processes cannot be traced: the kernel then denies the bot
 * access to /proc/1/mem and similar files.
 */
const INTERPRETERS = ['usr/local/bin/node', 'usr/bin/python3.11'];

function modeOf(path, mode) {
  if (INTERPRETERS.includes(path)) return 0o711;
  return mode & 0o100 ? 0o755 : 0o644;
}

/** Changing a mode copies the file to a new image layer, so it is done only if the mode differs. */
function chmod(path, mode) {
  if ((fs.statSync(path).mode & 0o7777) !== mode) fs.chmodSync(path, mode);
}

function writeAccounts(root) {
  const etc = (name, text) => fs.writeFileSync(join(root, 'etc', name), text);
  etc('passwd', `root:x:0:0::/:/nonexistent\nbot:x:${BOT}:${BOT}::/workspace:/nonexistent\n`);
  etc('group', `root:x:0:\nbot:x:${BOT}:\n`);
  etc('nsswitch.conf', 'hosts: files dns\n');
  for (const name of ['hostname', 'hosts', 'resolv.conf']) etc(name, '');
}

/** The output of the program. Throws an Error with the last line of its standard error. */
export function run(command, args, options = {}) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { maxBuffer: 1e9, ...options });
  if (error) throw new Error(`${command} does not start: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${lastLine(stderr) || lastLine(stdout)}`);
  return stdout;
}

const lastLine = (bytes) => String(bytes).trim().split('\n').at(-1);
