import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import { refusal } from './json-rpc.js';

/** A body that express could not read, or that is no shape of ours, never reaches the door; the answer is JSON-RPC all the same. */
export function unreadableBody(
  error: Error & { status?: number },
  request: Request,
  response: Response,
  next: NextFunction,
) {
  const isOurs = request.path === '/mcp' || (request.path === '/' && request.method === 'POST');
  if (!isOurs || response.headersSent) return next(error);
  if (error instanceof DomainError && error.code === 'INVALID_REQUEST') {
    return void response.status(400).json(refusal(-32600, `Invalid request: ${error.detail}.`));
  }
  if (!error.status || error.status >= 500) return next(error);
  if (error.status === 413) return void response.status(413).json(refusal(-32600, 'The body is too large.'));
  if (error.status === 415) return void response.status(415).json(refusal(-32600, 'The body is not plain JSON.'));
  response.status(400).json(refusal(-32700, 'Parse error: the body is not JSON that can be read.'));
}
