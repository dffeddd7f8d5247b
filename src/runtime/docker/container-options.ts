import { readFileSync } from 'node:fs';
import type Dockerode from 'dockerode';
import { projectPath } from '../../platform/config/project.js';

const MB = 1 << 20;
/** Includes the files of the workspace, which is in memory. */
const MEMORY = 256 * MB;
const UID = 10_001;
/**
 * A sandbox has lower CPU priority than the server, and a long computation has lower priority than others (see
 * `LOW_CPU_PRIORITY`).
 */
const CPU_SHARES = 512;
export const LOW_CPU_PRIORITY = { CpuShares: 2 } as const;

/** The program of the image to run, one per language. */
export type Harness = 'node' | 'python';

const COMMANDS: Record<Harness, string[]> = {
  node: [
    '/usr/local/bin/node',
    '--no-warnings',
    '--experimental-vm-modules',
    '--disallow-code-generation-from-strings',
    // Prevents a bot that gets an object of the harness from changing it for later hooks.
    '--frozen-intrinsics',
    '--disable-sigusr1',
    '--max-old-space-size=128',
    // Code compiled during the run would have another stack depth and other engine functions in error stacks, so
    // results would differ.
    '--no-opt',
    '--no-maglev',
    '--max-semi-space-size=1',
    '/opt/sandbox/node/main.mjs',
  ],
  // Not `-I`: it would make the hash seed random.
  python: ['/usr/bin/python3', '-s', '-P', '-B', '/opt/sandbox/python/main.py'],
};

export interface Confinement {
  readonly image: string;
  readonly harness: Harness;
  readonly labels: Record<string, string>;
  /** The number of CPU cores that a sandbox may use. */
  readonly cpus: number;
  /** The OCI runtime, such as `runsc`; empty: the engine's default. */
  readonly runtime: string;
  readonly pids: number;
}

/**
 * The options of a container for untrusted code: an unprivileged user, no network, no capabilities, no host files, a
 * small writable workspace in memory, and a seccomp profile. The tests in test/sandbox check each line.
 */
export function containerOptions({
  image,
  harness,
  labels,
  cpus,
  runtime,
  pids,
}: Confinement): Dockerode.ContainerCreateOptions {
  return {
    Image: image,
    Cmd: COMMANDS[harness],
    User: `${UID}:${UID}`,
    WorkingDir: '/workspace',
    Hostname: 'bot',
    // Without fixed values of `TZ` and the hash seed a replay could differ from the run.
    Env: ['HOME=/workspace', 'TMPDIR=/workspace', 'LANG=C.UTF-8', 'TZ=UTC', 'PYTHONHASHSEED=0'],
    Labels: labels,
    Tty: false,
    OpenStdin: true,
    // The sandbox ends when the server disconnects.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    // Both: the first skips the slow network set-up of the engine; the second works on every engine.
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', `seccomp=${seccomp()}`],
      PidsLimit: pids,
      Memory: MEMORY,
      MemorySwap: MEMORY,
      NanoCpus: Math.round(cpus * 1e9),
      CpuShares: CPU_SHARES,
      // The engine mounts POSIX message queues there, which outlive the process that created them.
      Tmpfs: { '/workspace': tmpfs('100m', 4_096), '/dev/mqueue': NOTHING },
      IpcMode: 'none',
      Init: false,
      // The output of a sandbox must not fill the host's disk.
      LogConfig: { Type: 'none', Config: {} },
      OomScoreAdj: 1_000,
      AutoRemove: false,
      Ulimits: [limit('nofile', 256), limit('core', 0), limit('fsize', 110 * MB)],
      ...(runtime ? { Runtime: runtime } : {}),
    },
  };
}

let profile: string | undefined;

/** The seccomp profile as JSON: the API takes its content, not its path. */
function seccomp(): string {
  profile ??= JSON.stringify(JSON.parse(readFileSync(projectPath('sandbox-image', 'seccomp.json'), 'utf8')));
  return profile;
}

const tmpfs = (size: string, files: number) =>
  `rw,noexec,nosuid,nodev,size=${size},nr_inodes=${files},uid=${UID},gid=${UID},mode=0700`;

const NOTHING = 'ro,noexec,nosuid,nodev,size=4k,nr_inodes=1,mode=0555';

const limit = (Name: string, max: number) => ({ Name, Soft: max, Hard: max });
