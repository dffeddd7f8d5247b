import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CliError } from '../server/cli-error.js';
import type { PlayStep } from './script.js';

/** The input of the program that plays a bot. */
export interface BotTestInput {
  readonly path: string;
  readonly manifest?: string;
  readonly language?: string;
  readonly script: readonly PlayStep[];
  readonly params?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly sandbox?: string;
}

/** One line of its output; the fields are those of the bot contract. */
export type Report = Readonly<Record<string, unknown>> & { readonly type: 'bot' | 'hook' | 'end' | 'refused' };

/** The program in the build of this checkout. */
const PROGRAM = fileURLToPath(new URL('../../src/test-bot.js', import.meta.url));

/** Plays in another process and yields its output. Throws a CliError if the program is missing or fails. */
export async function* reportsOf(order: BotTestInput, signal: AbortSignal): AsyncGenerator<Report> {
  if (!existsSync(PROGRAM)) {
    const fix = 'Run parley test in a clone of Parley after npm run build.';
    throw new CliError(
      'refused',
      'NO_BOT_RUNNER',
      'This installation of the command does not include the program that runs bots.',
      fix,
    );
  }
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let trouble = '';
  child.stderr.on('data', (chunk) => {
    trouble = `${trouble}${chunk}`.slice(-2_000);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(order));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Report;
    const code = await ended;
    if (code === 0 || signal.aborted) return;
    if (process.env.PARLEY_DEBUG) console.error(trouble);
    throw new CliError(
      'refused',
      'BOT_RUNNER_FAILED',
      'The program that runs bots has failed.',
      'Set PARLEY_DEBUG=1 to see the details.',
    );
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
