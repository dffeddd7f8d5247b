import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { pino } from 'pino';

/**
 * The prefixes of our secrets; the part after a prefix never reaches a log. A letter may come directly before it, as in
 * `%3Dinv_…`.
 */
const SECRET =
  /(inv|rejoin|pat|paa|ppt|prt|pac|pct|pcs|pai|pws)_[A-Za-z0-9_-]{8,}|\b(bearer|basic)\s+[A-Za-z0-9+/_=.~-]{8,}/gi;

export const withoutSecrets = (line: string) => line.replace(SECRET, (_, prefix, scheme) => `${prefix ?? scheme} …`);

export type Log = ReturnType<typeof createLog>;

/** Writes one JSON object per line to standard error, with secrets removed. */
export function createLog(level: string) {
  const out = { write: (line: string) => process.stderr.write(withoutSecrets(line)) };
  return pino(
    { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: loggableError } },
    out,
  );
}

/**
 * Parts of Nest that log why the start failed. Their messages are skipped, because they also rethrow the error and
 * main.ts reports it.
 */
const START_CONTEXTS = new Set<unknown>(['ExceptionHandler', 'NestApplication']);

/** Sends Nest's own messages to the same log. Its messages about routes and modules get level debug. */
export const nestLogger = (log: Log): LoggerService => ({
  log: (message: unknown) => log.debug(String(message)),
  warn: (message: unknown) => log.warn(String(message)),
  error: (message: unknown, ...more: unknown[]) => {
    if (!START_CONTEXTS.has(more.at(-1))) log.error({ more: more.map(String) }, String(message));
  },
});

/**
 * Gives each request an id, which the response carries, and logs its end. Bodies, queries and headers are never logged.
 */
export const requestLog = (log: Log) => (request: Request, response: Response, next: NextFunction) => {
  const started = performance.now();
  const id = randomUUID();
  // Read it here: inside a mounted middleware express shortens the path.
  const { path } = request;
  request.id = id;
  response.setHeader('x-request-id', id);
  response.on('close', () => {
    log.info({
      request_id: id,
      method: request.method,
      path,
      status: response.statusCode,
      ms: Math.round(performance.now() - started),
      account: request.caller?.accountId,
      ...request.logFields,
    });
  });
  next();
};

/**
 * The fields of an error that are safe to log. A failed SQL statement also carries its parameters, which may be text of
 * users.
 */
const loggableError = ({ name, message, stack, code }: Error & { code?: string }) => ({ name, message, stack, code });
