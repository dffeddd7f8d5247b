import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import { CAPS } from '../platform/limits/caps.js';

/** Refuses an address that is longer than any of ours. */
export function addressLength({ originalUrl }: Request, _: Response, next: NextFunction) {
  const most = CAPS.url_characters.most;
  if (originalUrl.length > most) {
    throw new DomainError('INVALID_REQUEST', `the address is longer than ${most} characters`, { limit: most });
  }
  next();
}
