import { OauthFailure } from './oauth-failure.js';
import { isLoopbackHttp } from './redirect-uri.js';

/**
 * The resource a token is asked for (RFC 8707): this server, or its MCP endpoint with or without a query, because clients
 * name the address they were given and a query there only chooses tools. Any other is refused.
 */
export function knownResource(asked: string | undefined, publicUrl: string): string | null {
  if (asked === undefined) return null;
  const origin = spelledOrigin(publicUrl, asked);
  if (asked === origin || asked === `${origin}/`) return publicUrl;
  if (asked.startsWith(`${origin}/mcp`) && /^\/?(\?[^#]*)?$/.test(asked.slice(`${origin}/mcp`.length))) {
    return `${publicUrl}/mcp`;
  }
  throw new OauthFailure('invalid_target');
}

/**
 * This server's origin the way a caller spells it. `localhost` and `127.0.0.1` are one machine, but clients refuse metadata
 * for a resource that is spelled unlike the address they were given.
 */
export function spelledOrigin(publicUrl: string, asked: string): string {
  if (!URL.canParse(asked)) return publicUrl;
  const [own, url] = [new URL(publicUrl), new URL(asked)];
  return isLoopbackHttp(own) && isLoopbackHttp(url) && own.port === url.port ? url.origin : publicUrl;
}
