import type { AuthorizationServerMetadata } from '@modelcontextprotocol/client';
import { CliError } from '../server/cli-error.js';
import { reach } from '../server/reach.js';

/** The authorization server and resource of a server. */
export interface SignInPlace {
  readonly issuer: string;
  readonly metadata: AuthorizationServerMetadata;
  /** The resource for which tokens are requested, as the server spells it. */
  readonly resource: string;
  readonly scopes: readonly string[];
}

/** Finds the authorization server of a server as MCP clients do: RFC 9728, then RFC 8414. */
export async function discover(server: string): Promise<SignInPlace> {
  const { discoverOAuthServerInfo } = await import('@modelcontextprotocol/client');
  const found = await discoverOAuthServerInfo(server, { fetchFn: reach }).catch((error) => {
    if (error instanceof CliError) throw error;
    throw undiscovered(server);
  });
  const { authorizationServerMetadata: metadata, resourceMetadata } = found;
  if (!metadata || !resourceMetadata) throw undiscovered(server);
  const scopes = resourceMetadata.scopes_supported ?? [];
  return { issuer: metadata.issuer, metadata, resource: resourceMetadata.resource, scopes };
}

const undiscovered = (server: string) =>
  new CliError('refused', 'NO_SIGN_IN', `${server} publishes no sign-in metadata.`, `Run: parley doctor ${server}`);
