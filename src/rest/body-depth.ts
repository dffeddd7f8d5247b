import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';

/** The deepest input of ours has six levels; what reads and checks bodies recurses, and a stack has an end. */
const DEEPEST = 64;

/** Refuses a body that is nested too deeply for anything of ours, before something walks down into it. */
export function bodyDepth(request: Request, _: Response, next: NextFunction) {
  if (isDeeper(request.body)) {
    throw new DomainError('INVALID_REQUEST', `the body is nested more than ${DEEPEST} levels deep`);
  }
  next();
}

/** One level at a time, because a walk of its own depth would overflow on what it looks for. */
function isDeeper(body: unknown): boolean {
  let level = [body];
  for (let depth = 0; level.length; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((value) => (value !== null && typeof value === 'object' ? Object.values(value) : []));
  }
  return false;
}
