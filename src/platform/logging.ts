import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { pino } from 'pino';

/**
 * Everything of ours that opens a door starts with one of these; what comes after it never reaches a log. It may stand
 * right behind a letter, as in `%3Dinv_…`.
 */
const SECRET =
  /(inv|rejoin|pat|paa|ppt|prt|pac|pct|pcs|pai|pws)_[A-Za-z0-9_-]{8,}|\b(bearer|basic)\s+[A-Za-z0-9+/_=.~-]{8,}/gi;

export const withoutSecrets = (line: string) => line.replace(SECRET, (_, prefix, scheme) => `${prefix ?? scheme} …`);

export type Log = ReturnType<typeof createLog>;

/** Structured lines on standard error, one JSON object each, with secrets taken out. */
export function createLog(level: string) {
  const out = { write: (line: string) => process.stderr.write(withoutSecrets(line)) };
  return pino(
    { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: errorLine } },
    out,
  );
}

/** Parts of Nest that log why a start failed. They throw it on as well, and main says it. */
const OF_THE_START = new Set<unknown>(['ExceptionHandler', 'NestApplication']);

/** Nest's own messages, through the same log. Its chatter about routes and modules is debug. */
export const nestLogger = (log: Log): LoggerService => ({
  log: (message: unknown) => log.debug(String(message)),
  warn: (message: unknown) => log.warn(String(message)),
  error: (message: unknown, ...more: unknown[]) => {
    if (!OF_THE_START.has(more.at(-1))) log.error({ more: more.map(String) }, String(message));
  },
});

/** Gives each request an id, which its answer carries, and logs its end. Bodies, queries and headers are never logged. */
export const requestLog = (log: Log) => (request: Request, response: Response, next: NextFunction) => {
  const started = performance.now();
  const id = randomUUID();
  // Read now: within a mounted middleware express shortens it.
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

/** A failed statement carries its parameters, which are somebody's words: only what names the failure is kept. */
const errorLine = ({ name, message, stack, code }: Error & { code?: string }) => ({ name, message, stack, code });
