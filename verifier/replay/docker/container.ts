import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type Harness = 'node' | 'python';

/** The programs of the image. What they are started with decides results, so it is as the server has it. */
const COMMANDS: Readonly<Record<Harness, readonly string[]>> = {
  node: [
    ...['/usr/local/bin/node', '--no-warnings', '--experimental-vm-modules', '--disallow-code-generation-from-strings'],
    ...['--frozen-intrinsics', '--disable-sigusr1', '--max-old-space-size=128', '--no-opt', '--no-maglev'],
    ...['--max-semi-space-size=1', '/opt/sandbox/node/main.mjs'],
  ],
  python: ['/usr/bin/python3', '-s', '-P', '-B', '/opt/sandbox/python/main.py'],
};

const ENVIRONMENT = ['HOME=/workspace', 'TMPDIR=/workspace', 'LANG=C.UTF-8', 'TZ=UTC', 'PYTHONHASHSEED=0'];
const USER = '10001';

/** Starts the program of a container without network, rights and files. It ends with its standard input. */
export function startContainer(image: string, harness: Harness, name: string): ChildProcessWithoutNullStreams {
  const profile = seccompProfile();
  const args = [
    ...['run', '--rm', '--interactive', '--name', name, '--network', 'none', '--read-only', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', ...(profile ? ['--security-opt', `seccomp=${profile}`] : [])],
    ...['--user', `${USER}:${USER}`, '--workdir', '/workspace', '--hostname', 'bot', '--ipc', 'none'],
    ...['--memory', '256m', '--memory-swap', '256m', '--cpus', '1', '--pids-limit', '64', '--log-driver', 'none'],
    ...['--tmpfs', `/workspace:rw,noexec,nosuid,nodev,size=100m,nr_inodes=4096,uid=${USER},gid=${USER},mode=0700`],
    ...['--ulimit', 'nofile=256', '--ulimit', 'core=0'],
    ...ENVIRONMENT.flatMap((variable) => ['--env', variable]),
    ...[image, ...COMMANDS[harness]],
  ];
  return spawn('docker', args, { stdio: 'pipe' });
}

export async function removeContainer(name: string): Promise<void> {
  await docker('rm', '--force', name).catch(() => '');
}

/** The image whose root file system has this hash. Undefined without Docker, or without the image. */
export async function imageOf(rootfs: string): Promise<string | undefined> {
  const ids = await docker('image', 'ls', '--quiet', '--no-trunc', '--filter', `label=parley.rootfs=${rootfs}`).catch(
    () => '',
  );
  return ids.split('\n')[0] || undefined;
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { timeout: 30_000 });
  return stdout;
}

/** The profile of this repository; elsewhere that of Docker applies. */
function seccompProfile(): string | undefined {
  const candidates = ['../../../', '../../../../'].map((up) =>
    fileURLToPath(new URL(`${up}sandbox-image/seccomp.json`, import.meta.url)),
  );
  return candidates.find((file) => existsSync(file));
}
