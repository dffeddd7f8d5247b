// A Postgres cluster of its own for tests, in a temporary folder, reachable only through a Unix socket in that folder.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const DEBIAN = '/usr/lib/postgresql';
const STARTING_MS = 30_000;

/** The folder of the programs of the newest installed Postgres; undefined if there is none. */
export function postgresPrograms() {
  if (!existsSync(DEBIAN)) return undefined;
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** Tests start servers by the dozen, and each has two pools. */
const FOR_TESTS = { max_connections: 700, fsync: 'off', full_page_writes: 'off' };

/**
 * Starts a cluster. `url` is its address with `DATABASE` in place of a database, `settings` are settings of Postgres.
 * `end` sends its main process a signal that ends it, and `start` starts it again.
 */
export async function startPostgres(settings = FOR_TESTS) {
  const bin = postgresPrograms();
  if (!bin) throw new Error('Postgres is not installed: install the package postgresql.');
  const folder = mkdtempSync(join(inMemory() ? '/dev/shm' : tmpdir(), 'parley-postgres-'));
  const owner = ownerOfCluster();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const env = { ...process.env, LC_ALL: 'C' };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'parley', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    {
      ...owner,
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const options = { listen_addresses: '', unix_socket_directories: folder, ...settings };
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let main;
  const start = async () => {
    main = spawn(join(bin, 'postgres'), ['-D', data, ...args], { ...owner, cwd: folder, env, stdio: 'ignore' });
    await answering(bin, folder, main);
  };
  await start();
  const end = async (signal) => {
    if (main.exitCode !== null || main.signalCode !== null) return;
    main.kill(signal);
    await once(main, 'exit');
  };
  return {
    url: `postgres://parley@/DATABASE?host=${encodeURIComponent(folder)}`,
    start,
    end,
    /** Its processes, the first of which starts all others. */
    processes: () => [main.pid, ...childrenOf(main.pid)],
    async stop() {
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const childrenOf = (pid) =>
  execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => (line.trim() ? [Number(line)] : []));

async function answering(bin, folder, main) {
  for (const until = Date.now() + STARTING_MS; Date.now() < until; await setTimeout(50)) {
    if (main.exitCode !== null) break;
    try {
      execFileSync(join(bin, 'pg_isready'), ['-q', '-h', folder], { stdio: 'ignore' });
      return;
    } catch {
      // Not yet.
    }
  }
  throw new Error(`Postgres did not start in ${folder}.`);
}

/** Postgres refuses to run as root. */
function ownerOfCluster() {
  if (process.getuid() !== 0) return undefined;
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function inMemory() {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
