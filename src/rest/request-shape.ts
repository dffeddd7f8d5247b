import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import { CAPS } from '../platform/limits/caps.js';

/** Around a message stand at most the lists and objects of JSON-RPC and of an operation. */
const DEEPEST = CAPS.body_depth.most + 5;

/** Refuses an address that is longer than any of ours. */
export function addressLength({ originalUrl }: Request, _: Response, next: NextFunction) {
  const most = CAPS.url_characters.most;
  if (originalUrl.length > most) {
    throw new DomainError('INVALID_REQUEST', `the address is longer than ${most} characters`, { limit: most });
  }
  next();
}

/** Refuses a body that is nested too deeply or holds too much, before something walks through it or recurses into it. */
export function bodyShape({ body }: Request, _: Response, next: NextFunction) {
  const fault = faultOf(body);
  if (fault) throw new DomainError('INVALID_REQUEST', fault);
  next();
}

/** One level at a time, because a walk of its own depth would overflow on what it looks for. */
function faultOf(body: unknown): string | undefined {
  const { most } = CAPS.body_values;
  let level: unknown[] = [body];
  for (let depth = 0, values = 0; level.length; depth++) {
    if (depth > DEEPEST) return `the body is nested more than ${DEEPEST} levels deep`;
    values += level.length;
    if (values > most) return `the body holds more than ${most} values`;
    level = level.flatMap((value) => (value !== null && typeof value === 'object' ? Object.values(value) : []));
  }
  return undefined;
}
