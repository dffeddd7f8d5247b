import { CommanderError } from 'commander';
import { EXIT_CODES, Failure } from './failure.js';
import { program } from './program.js';
import { Output } from './terminal/output.js';

/** As a shell has it for Ctrl-C. */
const INTERRUPTED = 130;
const wantsJson = process.argv.includes('--json');

// A reader such as `head` has seen enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
await program()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = report(error);
  });

/** Says what went wrong, and answers with the exit code for it. */
function report(error: unknown): number {
  // Commander has said it already, and help is no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
  if (error instanceof Error && error.name === 'AbortError') return INTERRUPTED;
  const failure = error instanceof Failure ? error : unexpected(error);
  const { code, message, fix, exitCode } = failure;
  const out = new Output(wantsJson);
  if (wantsJson) out.aside(JSON.stringify({ error: { code, message, fix, exit_code: exitCode } }));
  else out.aside([`${code}: ${message}`, fix].filter(Boolean).join('\n'));
  return exitCode;
}

/** Never the error itself: it could hold a request with its token. */
function unexpected(error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code;
  const name = typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
  if (process.env.PARLEY_DEBUG) console.error(error);
  return new Failure(
    'refused',
    'UNEXPECTED',
    `Something failed that should not (${name}).`,
    'PARLEY_DEBUG=1 says more.',
  );
}
