import { CommanderError } from 'commander';
import { program } from './program.js';
import { CliError, EXIT_CODES } from './server/cli-error.js';
import { Output } from './terminal/output.js';
import { shownFact, terminalJson } from './terminal/visible.js';

/** The exit code of shells for Ctrl-C. */
const INTERRUPTED = 130;
const wantsJson = process.argv.includes('--json');

// A reader such as `head` has closed the pipe.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
await program()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = report(error);
  });

/** Prints an error and returns its exit code. */
function report(error: unknown): number {
  // Commander has already printed it; help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
  if (error instanceof Error && error.name === 'AbortError') return INTERRUPTED;
  const failure = error instanceof CliError ? error : unexpected(error);
  const { code, message, fix, exitCode, facts } = failure;
  const out = new Output(wantsJson);
  if (wantsJson) out.aside(terminalJson({ error: { ...facts, code, message, fix, exit_code: exitCode } }));
  else out.aside(failure.lines(shownFact).join('\n'));
  return exitCode;
}

/** Never prints the error itself, because it could contain a request with its token. */
function unexpected(error: unknown): CliError {
  const code = (error as NodeJS.ErrnoException).code;
  const name = typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
  if (process.env.PARLEY_DEBUG) console.error(error);
  return new CliError(
    'refused',
    'UNEXPECTED',
    `An unexpected error occurred (${name}).`,
    'Set PARLEY_DEBUG=1 to see the details.',
  );
}
