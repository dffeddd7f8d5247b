import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../kernel/errors.js';
import { isForOauth, makesGuests } from '../oauth/protocol/oauth-paths.js';
import { type Config, isLoopback } from '../platform/config/config.js';
import { isForMcp } from '../platform/http/mcp-path.js';
import { isFromForeignPage, mayCallFromPage } from '../platform/http/page-origin.js';

const EXPOSED = 'WWW-Authenticate, Mcp-Session-Id, x-request-id, RateLimit, RateLimit-Policy, Retry-After';

const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Mcp-Session-Id, Mcp-Protocol-Version, Last-Event-ID, Mcp-Method, Mcp-Name',
  'Access-Control-Max-Age': '600',
};

/**
 * Checks the Host and Origin headers. A wrong Host indicates DNS rebinding, a wrong Origin a foreign web page. OAuth
 * endpoints allow every origin, except that in open mode, where nobody signs in, foreign pages may not create clients
 * or guests. The MCP door also allows every origin (docs/adr/0013): without a bearer token, which browsers never add
 * automatically, it gives no access.
 */
export const addressGuard = (config: Config) => (request: Request, response: Response, next: NextFunction) => {
  const own = new URL(config.publicUrl);
  if (!isOwnHost(request.headers.host, own)) throw new DomainError('FORBIDDEN_ORIGIN');
  const { origin } = request.headers;
  if (isForOauth(request)) {
    const makesGuest = config.authMode === 'open' && request.method === 'POST' && makesGuests(request);
    if (makesGuest && isFromForeignPage(request.headers, own)) throw new DomainError('FORBIDDEN_ORIGIN');
    return next();
  }
  if (origin === undefined) return next();
  if (!isForMcp(request) && !mayCallFromPage(origin, own)) throw new DomainError('FORBIDDEN_ORIGIN');
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', EXPOSED);
  response.vary('Origin');
  if (request.method !== 'OPTIONS') return next();
  response.set(PREFLIGHT).status(204).end();
};

function isOwnHost(host: string | undefined, own: URL) {
  const named = urlOf(`http://${host}`);
  return named !== undefined && (named.hostname === own.hostname || (isLoopback(own) && isLoopback(named)));
}

const urlOf = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);
