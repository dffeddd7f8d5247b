import type { RequestStateCodec, ServerCapabilities } from '@modelcontextprotocol/server';
import { SetMetadata } from '@nestjs/common';
import type { Asking } from './asking.js';
import type { Handlers } from './handlers.js';

export const MCP_EXTENSION = Symbol('MCP extension');

/** What an extension is told of the request that is served. */
export interface Serving {
  readonly asking: Asking;
  /** Seals and reads `requestState`; what it reads is what `context.mcpReq.requestState()` gives. */
  readonly state: RequestStateCodec;
}

/** What a provider with @ExtendsMcp does: say in the protocol's own terms what no operation, resource or prompt can. */
export interface McpExtension {
  /** Added to what the server says it can. */
  readonly capabilities?: ServerCapabilities;
  /** The handlers that stand from now on, made of those that stand: for each request anew, one extension after another. */
  extend(handlers: Handlers, serving: Serving): Handlers;
}

/** Declares a provider as an extension of the MCP door. */
export const ExtendsMcp = () => (target: new (...args: never[]) => McpExtension) => {
  SetMetadata(MCP_EXTENSION, true)(target);
};
