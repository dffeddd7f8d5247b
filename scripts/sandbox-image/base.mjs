// The base of the image. On Debian 12 it is assembled here, by the same code that otherwise runs inside a base image,
// so no registry is needed. On other systems the base is Node's official image, which contains Debian.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble, run } from '../../sandbox-image/assemble.mjs';
import { NODE } from './content.mjs';
import { follow, imageOf } from './engine.mjs';

const PUBLIC = `node:${NODE.version}-bookworm-slim`;
/** How long to wait for the registry without any progress. */
const SILENT_MS = 20_000;
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/**
 * The name of a base image that the engine has: `own` if it is assembled here. Throws with the attempts that failed.
 */
export async function baseImage(engine, own, log) {
  for (const name of [own, PUBLIC]) if (await imageOf(engine, name)) return name;
  const failures = [];
  for (const [what, obtain] of [
    ['Assembling it here', () => assembleHere(engine, own, log)],
    [`Pulling ${PUBLIC}`, () => pull(engine, log)],
  ]) {
    try {
      return await obtain();
    } catch (error) {
      failures.push(`${what}: ${error.message}.`);
    }
  }
  throw new Error(`there is no base for it. ${failures.join(' ')}`);
}

async function assembleHere(engine, name, log) {
  await refuseOtherMachines(engine);
  const folder = mkdtempSync(join(tmpdir(), 'parley-base-'));
  try {
    log('  fetching Debian packages and Node …');
    if (!readdirSync('/var/lib/apt/lists').some((file) => file.includes('_Packages'))) run('apt-get', ['-q', 'update']);
    const root = join(folder, 'rootfs');
    mkdirSync(root);
    assemble(root, fetchNode(folder));
    // The file system is in a folder of its image, as in the other base; these links make its programs run there.
    for (const entry of ['bin', 'etc', 'lib', 'lib64', 'usr']) symlinkSync(`rootfs/${entry}`, join(folder, entry));
    await importFolder(engine, folder, ['bin', 'etc', 'lib', 'lib64', 'rootfs', 'usr'], name);
    return name;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function refuseOtherMachines(engine) {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(system) || !/^VERSION_ID="12"$/m.test(system))
    throw new Error('this machine is not Debian 12');
  const { Arch } = await engine.version();
  if (Arch !== ARCHITECTURES[process.arch]) throw new Error(`the engine runs on ${Arch}, this machine does not`);
}

/** The Node binary from npm: the image's Node is not the one that runs this script. */
function fetchNode(folder) {
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['pack', '--json', '--loglevel=error', `node-linux-${process.arch}@${NODE.version}`],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`npm pack failed: ${stderr?.trim().split('\n').at(-1)}`);
  const [{ filename, integrity }] = JSON.parse(stdout);
  if (integrity !== NODE[process.arch]) throw new Error(`${filename} is not the package that packages.json names`);
  run('tar', ['-xzf', filename, 'package/bin/node'], { cwd: folder });
  rmSync(join(folder, filename));
  return join(folder, 'package/bin/node');
}

async function importFolder(engine, folder, names, tag) {
  const owners = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name'];
  const tar = spawn('tar', [...owners, '-C', folder, '-c', ...names], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [repo, version] = tag.split(':');
  const changes = 'ENV PATH=/usr/local/bin:/usr/bin';
  const stream = await engine.importImage(tar.stdout, { repo, tag: version, changes });
  await follow(engine, stream, SILENT_MS);
}

async function pull(engine, log) {
  log(`  pulling ${PUBLIC} …`);
  const stream = await engine.pull(PUBLIC, { abortSignal: AbortSignal.timeout(SILENT_MS) });
  await follow(engine, stream, SILENT_MS);
  return PUBLIC;
}
