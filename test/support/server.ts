import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { scratchFolder } from './scratch.js';

const MAIN = 'dist/src/main.js';

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything it wrote to standard error: its log. */
  log(): string;
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

/** The built server as its own process, on a free port, with a data folder of its own that goes with it. */
export async function startServer(env: Record<string, string> = {}, main = MAIN): Promise<RunningServer> {
  const dataDir = scratchFolder('parley-');
  let port = '0';
  let url = '';
  let child: ChildProcess;
  let log = '';

  const start = async () => {
    child = spawn(process.execPath, [resolve(main)], {
      // An empty folder: no .env of the developer's is read.
      cwd: dataDir,
      // Containers where a test asks for them: they are slow to start by the dozen.
      env: { PATH: process.env.PATH, PORT: port, DATA_DIR: dataDir, LOG_LEVEL: 'info', SANDBOX: 'embedded', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    url = await announcedUrl(child, () => log);
    port = new URL(url).port;
  };
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!isRunning()) return child.exitCode;
    child.kill(signal);
    const [code] = await once(child, 'exit');
    return code as number | null;
  };

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
    start,
    isRunning,
    stop: () => end('SIGTERM'),
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
    async crashAndRestart() {
      await end('SIGKILL');
      await start();
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
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
