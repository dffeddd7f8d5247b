import type { NextFunction, Request, Response } from 'express';
import { isForOauth, makesGuests } from '../auth/oauth/oauth-paths.js';
import { DomainError } from '../kernel/errors.js';
import { type Config, isLoopback } from '../platform/config.js';
import { isFromForeignPage, mayCall } from '../platform/page-origin.js';

const EXPOSED = 'WWW-Authenticate, Mcp-Session-Id, x-request-id, RateLimit, RateLimit-Policy, Retry-After';

const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Mcp-Session-Id, Mcp-Protocol-Version, Last-Event-ID, Mcp-Method, Mcp-Name',
  'Access-Control-Max-Age': '600',
};

/**
 * Lets through who calls this server by its own name, from no page or from a page that may. A page of somebody else
 * whose name was rebound to this machine has the wrong Host; any other page has the wrong Origin. The endpoints of
 * OAuth are for every origin, and say so themselves; but in open mode, where nobody is asked who they are, no page of
 * somebody else may make clients and guests.
 */
export const addressGuard = (config: Config) => (request: Request, response: Response, next: NextFunction) => {
  const own = new URL(config.publicUrl);
  if (!isOwnHost(request.headers.host, own)) throw new DomainError('FORBIDDEN_ORIGIN');
  const { origin } = request.headers;
  if (isForOauth(request)) {
    const isOpen = config.authMode === 'open' && request.method === 'POST' && makesGuests(request);
    if (isOpen && isFromForeignPage(request.headers, own)) throw new DomainError('FORBIDDEN_ORIGIN');
    return next();
  }
  if (origin === undefined) return next();
  if (!mayCall(origin, own)) throw new DomainError('FORBIDDEN_ORIGIN');
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', EXPOSED);
  response.vary('Origin');
  if (request.method !== 'OPTIONS') return next();
  response.set(PREFLIGHT).status(204).end();
};

function isOwnHost(host: string | undefined, own: URL) {
  const asked = parsed(`http://${host}`);
  return asked !== undefined && (asked.hostname === own.hostname || bothLoopback(asked, own));
}

const bothLoopback = (asked: URL, own: URL) => isLoopback(own) && isLoopback(asked);

const parsed = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);
