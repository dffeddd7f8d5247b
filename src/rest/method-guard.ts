import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import type { OperationCatalog } from '../platform/operation-catalog.js';
import { routeOf } from '../platform/routed-path.js';

/** Tells who asks for an operation with the wrong method which one is right, instead of that nothing is there. */
export const methodGuard =
  (catalog: OperationCatalog) => (request: Request, response: Response, next: NextFunction) => {
    const operation = catalog.find(routeOf(request).slice(1));
    if (!operation || request.method === 'OPTIONS') return next();
    const allowed = operation.contract.reads ? ['GET', 'HEAD'] : ['POST'];
    if (allowed.includes(request.method)) return next();
    response.setHeader('Allow', allowed.join(', '));
    throw new DomainError('METHOD_NOT_ALLOWED');
  };
