import { OauthFailure } from './oauth-failure.js';

/** Parameters of an OAuth request: text, each at most once. Empty ones count as left out (RFC 6749 section 3.1). */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** Reads a query, a form or JSON. What is repeated or is not text is refused. */
export function readParameters(source: unknown): Parameters {
  if (source === null || typeof source !== 'object' || Array.isArray(source)) throw new OauthFailure('invalid_request');
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(source)) {
    if (typeof value !== 'string') throw new OauthFailure('invalid_request');
    if (value !== '') parameters[name] = value;
  }
  return parameters;
}
