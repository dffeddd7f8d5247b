import type { AuthorizationServerMetadata } from '@modelcontextprotocol/client';
import { Failure } from '../failure.js';
import { reach } from '../reach.js';

/** Where one signs in for a server, and what for. */
export interface SignInPlace {
  readonly issuer: string;
  readonly metadata: AuthorizationServerMetadata;
  /** The resource that tokens are asked for, as the server spells it. */
  readonly resource: string;
  readonly scopes: readonly string[];
}

/** Finds the authorization server of a server the way every MCP client does: RFC 9728, then RFC 8414. */
export async function discover(server: string): Promise<SignInPlace> {
  const { discoverOAuthServerInfo } = await import('@modelcontextprotocol/client');
  const found = await discoverOAuthServerInfo(server, { fetchFn: reach }).catch((error) => {
    if (error instanceof Failure) throw error;
    throw undiscovered(server);
  });
  const { authorizationServerMetadata: metadata, resourceMetadata } = found;
  if (!metadata || !resourceMetadata) throw undiscovered(server);
  const scopes = resourceMetadata.scopes_supported ?? [];
  return { issuer: metadata.issuer, metadata, resource: resourceMetadata.resource, scopes };
}

const undiscovered = (server: string) =>
  new Failure('refused', 'NO_SIGN_IN', `${server} does not say how to sign in.`, `Run: parley doctor ${server}`);
