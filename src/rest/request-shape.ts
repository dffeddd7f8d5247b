import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import { CAPS } from '../platform/limits/caps.js';

/** Refuses a URL that is longer than any of ours. */
export function limitAddressLength({ originalUrl }: Request, _: Response, next: NextFunction) {
  const max = CAPS.url_characters.most;
  if (originalUrl.length > max) {
    throw new DomainError('INVALID_REQUEST', `the address is longer than ${max} characters`, { limit: max });
  }
  next();
}
