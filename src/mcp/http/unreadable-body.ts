import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../../kernel/errors.js';
import { refusal } from './json-rpc.js';

/** Sends the error for a body that express could not parse, or that has an invalid shape, as JSON-RPC. */
export function unreadableMcpBody(
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
  if (error.status === 415)
    return void response.status(415).json(refusal(-32600, 'The body is not JSON in plain UTF-8.'));
  response.status(400).json(refusal(-32700, 'Parse error: the body is not valid JSON.'));
}
