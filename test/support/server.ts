import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createDatabase, databaseSettings, dropDatabase, isPostgres } from './database.js';
import { scratchFolder } from './scratch.js';

export const MAIN = 'dist/src/main.js';
/**
 * A server of a test lives for seconds to minutes: V8 optimizes only what runs very often (the hooks of bots, requests by the
 * hundred), and collects the garbage of the start once rather than six times.
 */
const FOR_A_SHORT_LIFE = [
  '--interrupt-budget=500000',
  '--wasm-lazy-compilation',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--single-threaded-gc',
];
/** For `startServer` where the server's own speed or memory is looked at. */
export const AS_IN_USE: readonly string[] = [];

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything it wrote to standard error: its log. */
  log(): string;
  /** Closes the pipes into which it writes. */
  closeOutputs(): void;
  /** Ends it at once, as a power cut would, and starts it again on the same data. */
  crashAndRestart(): Promise<void>;
  /** Asks it to stop, as Ctrl-C does; answers with the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it has ended by itself, with its exit code. */
  ended(): Promise<number | null>;
  start(): Promise<void>;
  /** Whether its process is there. */
  isRunning(): boolean;
}

/** The built server, or the `main` that is given, as its own process, on a free port, with a data folder of its own that goes with it. */
export async function startServer(
  env: Record<string, string> = {},
  main?: string,
  flags: readonly string[] = FOR_A_SHORT_LIFE,
): Promise<RunningServer> {
  const file = resolve(main ?? (await packed()));
  const dataDir = scratchFolder('parley-');
  let child: ChildProcess;
  let [port, url, log] = ['0', '', ''];

  if (!('DATABASE_URL' in env) && !('DATA_DIR' in env)) {
    createDatabase(dataDir);
    copyTables(file, dataDir);
  }
  const start = async () => {
    child = spawnServer([...flags, file], dataDir, { PORT: port, ...env });
    child.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    url = await announcedUrl(child, () => log);
    port = new URL(url).port;
  };
  const end = (signal: NodeJS.Signals) => ended(child, signal);

  await start();
  return {
    get url() {
      return url;
    },
    dataDir,
    get pid() {
      return child.pid as number;
    },
    log: () => log,
    closeOutputs() {
      for (const output of [child.stdout, child.stderr]) output?.destroy();
    },
    start,
    isRunning: () => isRunning(child),
    stop: () => end('SIGTERM'),
    async ended() {
      if (isRunning(child)) await once(child, 'exit');
      return child.exitCode;
    },
    async crashAndRestart() {
      await end('SIGKILL');
      await start();
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      dropDatabase(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (!isRunning(child)) return child.exitCode;
  child.kill(signal);
  const [code] = await once(child, 'exit');
  return code;
}

function spawnServer(args: string[], dataDir: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, args, {
    // An empty folder: no .env of the developer's is read.
    cwd: dataDir,
    // Containers where a test asks for them: they are slow to start by the dozen.
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'info',
      SANDBOX: 'embedded',
      ...databaseSettings(env.DATA_DIR ?? dataDir),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A packed server has a migrated database beside it. */
function copyTables(main: string, dataDir: string) {
  const empty = join(dirname(main), 'empty.sqlite');
  if (!isPostgres && existsSync(empty)) copyFileSync(empty, join(dataDir, 'parley.sqlite'));
}

/** The built server in one file (packed-server.mjs), where jest offers it. */
async function packed(): Promise<string> {
  const { SHARED_SERVERS } = process.env;
  if (!SHARED_SERVERS) return MAIN;
  const answer = await fetch(`${SHARED_SERVERS}/packed`);
  if (!answer.ok) throw new Error(`nothing is packed: ${await answer.text()}`);
  return (await answer.json()) as string;
}

/** The banner is written once the server listens. */
function announcedUrl(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((answer, fail) => {
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const url = /Docs\s+(http:\/\/\S+)\/docs/.exec(out)?.[1];
      if (url) answer(url);
    });
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}\n${out}\n${log()}`)));
  });
}
