import type { Request } from 'express';
import { routeOf } from './routed-path.js';

/** Whether a request is for the MCP door: /mcp, or a POST to `/`, for clients that know only the origin. */
export function isForMcp(request: Pick<Request, 'originalUrl' | 'method'>): boolean {
  const route = routeOf(request);
  return route === '/mcp' || (route === '/' && request.method === 'POST');
}
