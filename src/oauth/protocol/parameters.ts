import { OauthError } from './oauth-error.js';

/** The parameters of an OAuth request: text, each at most once. Empty ones count as omitted (RFC 6749 section 3.1). */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** Reads a query, a form or JSON. Throws if a parameter is repeated or is not text. */
export function readParameters(source: unknown): Parameters {
  if (source === null || typeof source !== 'object' || Array.isArray(source)) throw new OauthError('invalid_request');
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(source)) {
    if (typeof value !== 'string') throw new OauthError('invalid_request');
    if (value !== '') parameters[name] = value;
  }
  return parameters;
}
