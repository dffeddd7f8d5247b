import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PARLEY = resolve('cli/parley.mjs');
const BROWSER = resolve('test/cli/browser.mjs');

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it answered with --json. */
  // biome-ignore lint/suspicious/noExplicitAny: a story knows what it asked for
  readonly json: any;
}

/** A command that goes on until it is ended. */
export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly output: () => string;
  readonly errors: () => string;
  /** Waits until it has printed something; a test where it never does runs into its own time limit. */
  prints(text: string | RegExp): Promise<string>;
  ended: Promise<Ended>;
}

/** Somebody's terminal: the real command, with a folder of its own to remember in and a browser that clicks for them. */
export class Terminal implements Disposable {
  readonly home = mkdtempSync(join(tmpdir(), 'parley-cli-'));

  constructor(
    private readonly server: { readonly url: string },
    private readonly env: Record<string, string> = {},
  ) {}

  /** The environment that an MCP client starts the bridge with. */
  get environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      PARLEY_HOME: join(this.home, 'parley'),
      PARLEY_URL: this.server.url,
      BROWSER,
      ...this.env,
    };
  }

  readonly command = [process.execPath, PARLEY] as const;

  /** Where the sign-in is remembered. */
  file(name = 'credentials.json', profile = 'default') {
    return join(this.home, 'parley', profile, this.server.url.replace(/[^a-z0-9.-]+/g, '_'), name);
  }

  start(...args: string[]): Running {
    const [node, main] = this.command;
    const child = spawn(node, [main, ...args], { env: this.environment, cwd: this.home });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = once(child, 'close').then(([exitCode]) => ({ exitCode, stdout, stderr, json: parsed(stdout) }));
    const prints = async (text: string | RegExp) => {
      const has = () => (typeof text === 'string' ? stdout.includes(text) : text.test(stdout));
      while (!has()) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}\n${stdout}\n${stderr}`);
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
      return stdout;
    };
    return { process: child, output: () => stdout, errors: () => stderr, prints, ended };
  }

  /** Runs a command to its end, with `input` on its standard input. */
  run(args: readonly string[], input = ''): Promise<Ended> {
    const running = this.start(...args);
    running.process.stdin.end(input);
    return running.ended;
  }

  /** The answer of a command that succeeds. */
  async json(...args: string[]) {
    const { exitCode, json, stderr } = await this.run([...args, '--json']);
    if (exitCode !== 0) throw new Error(`parley ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
    return json;
  }

  [Symbol.dispose]() {
    rmSync(this.home, { recursive: true, force: true });
  }
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
