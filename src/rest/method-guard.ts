import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import type { OperationCatalog } from '../platform/catalogs/operation-catalog.js';
import { routeOf } from '../platform/http/routed-path.js';

/** Answers a request with the wrong method with the right one, instead of 404. */
export const methodGuard =
  (catalog: OperationCatalog) => (request: Request, response: Response, next: NextFunction) => {
    const operation = catalog.find(routeOf(request).slice(1));
    if (!operation || request.method === 'OPTIONS') return next();
    const allowed = operation.contract.reads ? ['GET', 'HEAD'] : ['POST'];
    if (allowed.includes(request.method)) return next();
    response.setHeader('Allow', allowed.join(', '));
    throw new DomainError('METHOD_NOT_ALLOWED');
  };
