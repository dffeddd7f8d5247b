import type { RequestStateCodec, ServerCapabilities } from '@modelcontextprotocol/server';
import { SetMetadata } from '@nestjs/common';
import type { Handlers } from './handlers.js';
import type { McpRequestContext } from './mcp-request-context.js';

export const MCP_EXTENSION = Symbol('MCP extension');

/** The request that an extension serves. */
export interface Serving {
  readonly requestContext: McpRequestContext;
  /** Signs and reads `requestState`; `context.mcpReq.requestState()` returns the result. */
  readonly state: RequestStateCodec;
}

/**
 * Implemented by a class with @ExtendsMcp, for parts of the protocol that operations, resources and prompts do not
 * cover.
 */
export interface McpExtension {
  /** Added to the capabilities of the server. */
  readonly capabilities?: ServerCapabilities;
  /** Returns the handlers to use instead of the given ones. Called for each request, one extension after another. */
  extend(handlers: Handlers, serving: Serving): Handlers;
}

/** Declares a provider as an extension of the MCP door. */
export const ExtendsMcp = () => (target: new (...args: never[]) => McpExtension) => {
  SetMetadata(MCP_EXTENSION, true)(target);
};
