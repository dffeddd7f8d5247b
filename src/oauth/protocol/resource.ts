import { spelledOrigin } from '../../platform/http/spelled-origin.js';
import { OauthError } from './oauth-error.js';

/**
 * Validates the requested resource (RFC 8707): this server, or its MCP endpoint with or without a query, because
 * clients send the URL they were given, and the query only selects tools. Throws for any other.
 */
export function knownResource(asked: string | undefined, publicUrl: string): string | null {
  if (asked === undefined) return null;
  const url = writtenOut(asked);
  if (url?.origin === spelledOrigin(publicUrl, asked) && !url.username && !url.password) {
    if (url.pathname === '/' && !url.search) return publicUrl;
    if (/^\/mcp\/?$/.test(url.pathname)) return `${publicUrl}/mcp`;
  }
  throw new OauthError('invalid_target');
}

/**
 * Normalizes a URL for comparison (RFC 3986 section 6.2): case of scheme and host, default port, slash at the end.
 * Undefined if it has a fragment or is valid only for a lenient parser.
 */
function writtenOut(asked: string): URL | undefined {
  return /^https?:\/\/[^/?#\\\s%]+([/?][\x21-\x7e]*)?$/i.test(asked) &&
    !/[#\\]|\/\.{1,2}(\/|\?|$)/.test(asked) &&
    URL.canParse(asked)
    ? new URL(asked)
    : undefined;
}
