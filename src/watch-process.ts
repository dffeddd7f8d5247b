import type { INestApplication } from '@nestjs/common';
import { UnexpectedErrors } from './platform/unexpected-errors.js';

/**
 * What the process does with errors that reach nobody. Both kinds are logged and counted.
 *
 * A rejected promise goes on being served around: whoever would have awaited it is not there, and a transaction that failed
 * has been rolled back. So does an error of the system that a socket or pipe told to nobody: that stream is closed, others
 * are not affected. Any other exception left a function in the middle of what it did, and what is in memory may be half
 * changed: outcomes are signed, so the server rather ends in order (`end`) and starts again from what is stored. Only one of
 * our own mistakes comes so far; a stranger's bytes are read where exceptions are caught.
 */
export function watchProcess(app: INestApplication, end: () => void): void {
  const errors = app.get(UnexpectedErrors);
  process.on('unhandledRejection', (reason) => errors.note('an unhandled rejection', reason));
  process.on('uncaughtException', (error) => {
    errors.note('an uncaught exception', error);
    if (!isOfTheSystem(error)) end();
  });
}

const isOfTheSystem = (error: unknown) => typeof (error as NodeJS.ErrnoException | null)?.syscall === 'string';
