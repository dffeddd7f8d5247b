import type { Request } from 'express';
import { SCOPES, type Scope } from '../kernel/caller.js';
import { DomainError, ERRORS, type ErrorCode, type Problem, toProblem } from '../kernel/errors.js';
import type { Config } from '../platform/config.js';
import { spelledOrigin } from './oauth/resource.js';

const OAUTH_NAMES: Readonly<Record<string, string>> = {
  INVALID_TOKEN: 'invalid_token',
  INSUFFICIENT_SCOPE: 'insufficient_scope',
};

/**
 * The WWW-Authenticate value for a refusal at a path: where the metadata is and which scopes to ask for. It names an
 * error only when a token came along (RFC 6750 section 3). The Host header lets it spell the server as the caller does.
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

/** The challenge that goes with a refusal of an operation: it asks for the scope that was missing, too. */
export function challengeTo(config: Config, { code, scope }: Problem, { path, headers, caller }: Request): string {
  const scopes = caller && scope ? scopesWith(caller.scopes, scope as Scope) : undefined;
  return challengeFor(config, code, path, headers.host, scopes);
}

/**
 * The scopes that somebody asks for who needs one more: those of the token stay in the list, because a new token covers
 * what was named for it and nothing else.
 */
export const scopesWith = (held: readonly Scope[], needed: Scope): Scope[] => [...new Set([...held, needed])];

/** The body of a 401 to someone who sent no token: a problem, with the fields that the seed's clients look for. */
export function unauthenticated(config: Config, requestId?: string, host?: string) {
  const facts = {
    error: 'authentication_required',
    description: 'OAuth token required',
    resource_metadata: resourceMetadata(config, '/mcp', host),
  };
  return toProblem(new DomainError('AUTHENTICATION_REQUIRED', undefined, facts), requestId);
}

/** The body of a 401 to someone whose token is not good, with OAuth's own fields beside the problem's. */
export function badToken(requestId?: string) {
  const facts = { error: 'invalid_token', error_description: ERRORS.INVALID_TOKEN.title };
  return toProblem(new DomainError('INVALID_TOKEN', undefined, facts), requestId);
}

/** Clients look at the form with the path of the endpoint they were given (RFC 9728 section 3.1). */
function resourceMetadata({ publicUrl }: Config, path: string, host?: string) {
  const suffix = path.replace(/\/$/, '') === '/mcp' ? '/mcp' : '';
  const origin = host ? spelledOrigin(publicUrl, `http://${host}`) : publicUrl;
  return `${origin}/.well-known/oauth-protected-resource${suffix}`;
}
