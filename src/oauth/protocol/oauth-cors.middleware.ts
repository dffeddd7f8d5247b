import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

/**
 * Allows programs in a browser to discover, register and get tokens from any origin; these endpoints use no cookies.
 */
@Injectable()
export class OauthCors implements NestMiddleware {
  use(request: Request, response: Response, next: NextFunction) {
    allowAnyOrigin(response);
    if (request.method !== 'OPTIONS') return next();
    response
      .status(204)
      .set({
        'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
        'Access-Control-Allow-Headers': 'Authorization, Content-Type, MCP-Protocol-Version',
        'Access-Control-Max-Age': '86400',
      })
      .end();
  }
}

export const allowAnyOrigin = (response: Response) =>
  response.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'WWW-Authenticate, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After',
  });
