import type { NextFunction, Request, Response } from 'express';
import { refusal } from './json-rpc.js';

/** A body that express could not read never reaches the door; at its paths the answer is JSON-RPC all the same. */
export function unreadableBody(error: { status?: number }, request: Request, response: Response, next: NextFunction) {
  const isOurs = request.path === '/mcp' || (request.path === '/' && request.method === 'POST');
  if (!isOurs || response.headersSent || !error.status || error.status >= 500) return next(error);
  if (error.status === 413) return void response.status(413).json(refusal(-32600, 'The body is too large.'));
  if (error.status === 415) return void response.status(415).json(refusal(-32600, 'The body is not JSON.'));
  response.status(400).json(refusal(-32700, 'Parse error: the body is not JSON that can be read.'));
}
