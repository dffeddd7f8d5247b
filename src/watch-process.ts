import type { INestApplication } from '@nestjs/common';
import { UnexpectedErrors } from './platform/observability/unexpected-errors.js';

/**
 * Logs and counts errors that no code handles.
 *
 * After a rejected promise the server continues: nothing waits for its result, and a failed transaction has been rolled
 * back. It also continues after a system error of a socket or pipe: only that stream is closed. Any other exception has
 * interrupted a function, and data in memory may be inconsistent. Because outcomes are signed, the server then stops in
 * order (`end`) and starts again from what is stored. Only a bug of the server can cause this: code that reads input of
 * users catches exceptions.
 *
 * Output that nobody reads any more is dropped: an error about it would be written there too, without end.
 */
export function watchProcess(app: INestApplication, end: () => void): void {
  const errors = app.get(UnexpectedErrors);
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  process.on('unhandledRejection', (reason) => errors.note('an unhandled rejection', reason));
  process.on('uncaughtException', (error) => {
    errors.note('an uncaught exception', error);
    if (!isOfTheSystem(error)) end();
  });
}

const isOfTheSystem = (error: unknown) => typeof (error as NodeJS.ErrnoException | null)?.syscall === 'string';
