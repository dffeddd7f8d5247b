import type { Request } from 'express';
import { SCOPES, type Scope } from '../../kernel/caller.js';
import { DomainError, ERRORS, type ErrorCode, type Problem, toProblem } from '../../kernel/errors.js';
import type { Config } from '../../platform/config/config.js';
import { spelledOrigin } from '../../platform/http/spelled-origin.js';

const OAUTH_NAMES: Readonly<Record<string, string>> = {
  INVALID_TOKEN: 'invalid_token',
  INSUFFICIENT_SCOPE: 'insufficient_scope',
};

/**
 * The WWW-Authenticate value for a path: the URL of the metadata and the scopes to request. It names an error only if
 * the request had a token (RFC 6750 section 3). The Host header determines how the server's own URL is spelled.
 */
export function challengeFor(
  config: Config,
  code: string,
  path = '/',
  host?: string,
  scopes: readonly Scope[] = SCOPES,
): string {
  const error = OAUTH_NAMES[code];
  const parameters = {
    resource_metadata: resourceMetadata(config, path, host),
    scope: scopes.join(' '),
    ...(error && { error, error_description: ERRORS[code as ErrorCode].title }),
  };
  const written = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return `Bearer ${written.join(', ')}`;
}

/** The challenge for a refused operation; it requests the missing scope as well. */
export function challengeTo(config: Config, { code, scope }: Problem, { path, headers, caller }: Request): string {
  const scopes = caller && scope ? scopesWith(caller.scopes, scope as Scope) : undefined;
  return challengeFor(config, code, path, headers.host, scopes);
}

/**
 * The scopes to request if one more is needed. Those of the token are included, because a new token has only the scopes
 * that were requested for it.
 */
export const scopesWith = (held: readonly Scope[], needed: Scope): Scope[] => [...new Set([...held, needed])];

/**
 * The body of a 401 for a request without a token: a problem, with the fields that clients of MCP Multiplayer expect.
 */
export function unauthenticated(config: Config, requestId?: string, host?: string) {
  const facts = {
    error: 'authentication_required',
    description: 'OAuth token required',
    resource_metadata: resourceMetadata(config, '/mcp', host),
  };
  return toProblem(new DomainError('AUTHENTICATION_REQUIRED', undefined, facts), requestId);
}

/** The body of a 401 for an invalid token: a problem, with the OAuth error fields. */
export function badToken(requestId?: string) {
  const facts = { error: 'invalid_token', error_description: ERRORS.INVALID_TOKEN.title };
  return toProblem(new DomainError('INVALID_TOKEN', undefined, facts), requestId);
}

/**
 * The URL of the metadata for an endpoint: the endpoint's path comes after the well-known prefix (RFC 9728 section
 * 3.1).
 */
function resourceMetadata({ publicUrl }: Config, path: string, host?: string) {
  const suffix = path.replace(/\/$/, '') === '/mcp' ? '/mcp' : '';
  const origin = host ? spelledOrigin(publicUrl, `http://${host}`) : publicUrl;
  return `${origin}/.well-known/oauth-protected-resource${suffix}`;
}
