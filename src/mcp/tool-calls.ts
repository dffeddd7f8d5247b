import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import { toProblem } from '../kernel/errors.js';
import type { Log } from '../platform/logging.js';
import { OperationCatalog } from '../platform/operation-catalog.js';
import { LOG } from '../platform/platform.module.js';
import type { Asking } from './asking.js';
import type { Handlers } from './handlers.js';
import { Tools } from './tools.js';
import { visibleJson } from './visible-json.js';

/** The operations, called as tools. */
@Injectable()
export class ToolCalls {
  constructor(
    private readonly tools: Tools,
    private readonly catalog: OperationCatalog,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handlers(asking: Asking): Handlers {
    return {
      'tools/list': () => ({ tools: this.tools.listedFor(asking.caller) }),
      'tools/call': ({ params }, context) => this.call(params.name, params.arguments ?? {}, asking, context),
    };
  }

  private async call(name: string, input: object, asking: Asking, context: ServerContext): Promise<CallToolResult> {
    const operation = this.catalog.find(name);
    if (!operation) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool: tools/list has those there are.');
    }
    try {
      const view = await operation.call(input, asking.caller, context.mcpReq.signal);
      return { content: [asText(view)], structuredContent: view as Record<string, unknown>, isError: false };
    } catch (error) {
      const problem = toProblem(error, asking.requestId);
      if (problem.code === 'INTERNAL_ERROR') this.log.error({ request_id: asking.requestId, err: error });
      return { content: [asText(problem)], isError: true };
    }
  }
}

const asText = (value: object) => ({ type: 'text' as const, text: visibleJson(value) });
