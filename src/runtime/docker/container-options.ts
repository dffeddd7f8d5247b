import { readFileSync } from 'node:fs';
import type Dockerode from 'dockerode';
import { projectPath } from '../../platform/project.js';

const MB = 1 << 20;
/** The workspace counts as memory too. */
const MEMORY = 256 * MB;
const UID = 10_001;
/** A sandbox yields to the server, and one that computes for long yields to the others (see `YIELDING`). */
const CPU_SHARES = 512;
export const YIELDING = { CpuShares: 2 } as const;

/** Which program of the image runs: the languages have nothing else between them. */
export type Harness = 'node' | 'python';

const COMMANDS: Record<Harness, string[]> = {
  node: [
    '/usr/local/bin/node',
    '--no-warnings',
    '--experimental-vm-modules',
    '--disallow-code-generation-from-strings',
    // Should a bot ever hold an object of the harness, it cannot leave anything on it for its next hook.
    '--frozen-intrinsics',
    '--disable-sigusr1',
    '--max-old-space-size=128',
    '--max-semi-space-size=1',
    '/opt/sandbox/node/main.mjs',
  ],
  // Not `-I`: that would leave the hash seed to chance.
  python: ['/usr/bin/python3', '-s', '-P', '-B', '/opt/sandbox/python/main.py'],
};

export interface Confinement {
  readonly image: string;
  readonly harness: Harness;
  readonly labels: Record<string, string>;
  /** Cores that one sandbox may use. */
  readonly cpus: number;
  /** A runtime that the engine knows, such as `runsc`; empty for its own. */
  readonly runtime: string;
  readonly pids: number;
}

/**
 * A container that holds strangers' code: nobody's user, no network, no capability, nothing of the host, nothing to write
 * to but a small workspace in memory, and a profile of system calls of its own. test/sandbox holds every line of it.
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
    // `TZ` and the hash seed are what a run could otherwise differ in from its replay.
    Env: ['HOME=/workspace', 'TMPDIR=/workspace', 'LANG=C.UTF-8', 'TZ=UTC', 'PYTHONHASHSEED=0'],
    Labels: labels,
    Tty: false,
    OpenStdin: true,
    // Losing the server ends the sandbox.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    // Both: the first skips the engine's network set-up, which is most of a start; the second says it everywhere.
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
      // The engine mounts queues of messages there, which outlive whoever made them.
      Tmpfs: { '/workspace': tmpfs('100m', 4_096), '/dev/mqueue': NOTHING },
      IpcMode: 'none',
      Init: false,
      // What a sandbox writes must not fill the host's disk.
      LogConfig: { Type: 'none', Config: {} },
      OomScoreAdj: 1_000,
      AutoRemove: false,
      Ulimits: [limit('nofile', 256), limit('core', 0), limit('fsize', 110 * MB)],
      ...(runtime ? { Runtime: runtime } : {}),
    },
  };
}

let profile: string | undefined;

/** The engine takes the profile itself, not its path. */
function seccomp(): string {
  profile ??= JSON.stringify(JSON.parse(readFileSync(projectPath('sandbox-image', 'seccomp.json'), 'utf8')));
  return profile;
}

const tmpfs = (size: string, files: number) =>
  `rw,noexec,nosuid,nodev,size=${size},nr_inodes=${files},uid=${UID},gid=${UID},mode=0700`;

const NOTHING = 'ro,noexec,nosuid,nodev,size=4k,nr_inodes=1,mode=0555';

const limit = (Name: string, most: number) => ({ Name, Soft: most, Hard: most });
