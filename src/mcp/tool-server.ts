import {
  type AuthInfo,
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
} from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../kernel/caller.js';
import { toProblem } from '../kernel/errors.js';
import type { Log } from '../platform/logging.js';
import { OperationCatalog } from '../platform/operation-catalog.js';
import { LOG } from '../platform/platform.module.js';
import { VERSION } from '../platform/version.js';
import { INSTRUCTIONS } from './instructions.js';
import { Tools } from './tools.js';
import { visibleJson } from './visible-json.js';

/** Who asks, and the name of their request in the log. The SDK hands it through untouched, as its `authInfo`. */
export interface Asking {
  readonly caller: Caller;
  readonly requestId: string;
}

export const toAuthInfo = ({ caller, requestId }: Asking): AuthInfo => ({
  token: '',
  clientId: caller.clientId,
  scopes: [...caller.scopes],
  extra: { caller, requestId },
});

/**
 * The MCP side of the catalog: a fresh protocol server for each request, in either era. The low-level Server, because
 * an operation checks its input itself and answers a bad one as a problem, where McpServer would put its own words.
 */
@Injectable()
export class ToolServer {
  constructor(
    private readonly tools: Tools,
    private readonly catalog: OperationCatalog,
    @Inject(LOG) private readonly log: Log,
  ) {}

  create(authInfo?: AuthInfo): Server {
    const asking = authInfo?.extra as unknown as Asking;
    const server = new Server(
      { name: 'parley', title: 'Parley', version: VERSION },
      { capabilities: { tools: { listChanged: false } }, instructions: INSTRUCTIONS, jsonSchemaValidator: NEVER_ASKED },
    );
    server.setRequestHandler('tools/list', () => ({ tools: this.tools.listedFor(asking.caller) }));
    server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
      this.call(params.name, params.arguments ?? {}, asking, mcpReq.signal),
    );
    return server;
  }

  private async call(name: string, input: object, asking: Asking, signal: AbortSignal): Promise<CallToolResult> {
    const operation = this.catalog.find(name);
    if (!operation) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool: tools/list has those there are.');
    }
    try {
      const view = await operation.call(input, asking.caller, signal);
      return { content: [asText(view)], structuredContent: view as Record<string, unknown>, isError: false };
    } catch (error) {
      const problem = toProblem(error, asking.requestId);
      if (problem.code === 'INTERNAL_ERROR') this.log.error({ request_id: asking.requestId, err: error });
      return { content: [asText(problem)], isError: true };
    }
  }
}

const asText = (value: object) => ({ type: 'text' as const, text: visibleJson(value) });

/** The SDK would build a JSON Schema compiler for each server, to check answers to questions that we never ask. */
const NEVER_ASKED = {
  getValidator: () => {
    throw new Error('no elicitation here');
  },
};
