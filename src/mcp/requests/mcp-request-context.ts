import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Caller, Scope } from '../../kernel/caller.js';
import type { Toolset } from '../../kernel/operation.js';
import type { McpSession } from '../sessions/mcp-session.js';

/** The caller of an MCP request, and how they can be answered. */
export interface McpRequestContext {
  readonly caller: Caller;
  /** The id of the HTTP request in the log. */
  readonly requestId: string;
  readonly era: 'legacy' | 'modern';
  /** Whether the client accepts events before the answer. */
  readonly streams: boolean;
  /** The toolsets to list; undefined: the default ones. */
  readonly toolsets?: readonly Toolset[];
  /** The session, in revisions that have sessions. */
  readonly session?: McpSession;
  /** The WWW-Authenticate value that requests this scope in addition. */
  challenge(scope: Scope): string;
}

/** The SDK passes it through unchanged as its `authInfo`. */
export const toAuthInfo = (requestContext: McpRequestContext): AuthInfo => ({
  token: '',
  clientId: requestContext.caller.clientId,
  scopes: [...requestContext.caller.scopes],
  extra: { requestContext },
});

export const requestContextOf = (authInfo: AuthInfo | undefined) =>
  authInfo?.extra?.requestContext as McpRequestContext;
