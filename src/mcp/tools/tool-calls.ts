import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import type { Scope } from '../../kernel/caller.js';
import { errorLine, isFault, type Problem, toProblem } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import type { Handlers } from '../requests/handlers.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { withProgress } from '../requests/progress.js';
import { visibleJson, visibleText } from '../requests/visible-json.js';
import { Elicitations } from './elicitations.js';
import { Tools } from './tools.js';

/**
 * Calls operations as tools. An error has two texts: a line to read, and the problem as JSON, which is second, because
 * programs may treat the first text as the result.
 */
@Injectable()
export class ToolCalls {
  constructor(
    private readonly tools: Tools,
    private readonly elicitations: Elicitations,
    private readonly database: Database,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handlers(requestContext: McpRequestContext): Handlers {
    return {
      'tools/list': () => ({ tools: this.tools.listedFor(requestContext) }),
      'tools/call': ({ params }, context) =>
        withProgress(requestContext, context, () =>
          this.call(params.name, params.arguments ?? {}, requestContext, context),
        ),
    };
  }

  private async call(
    name: string,
    input: object,
    requestContext: McpRequestContext,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult> {
    const operation = this.tools.find(name);
    if (!operation) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool: doc://tools lists all tools.');
    }
    try {
      const answer = await this.elicitations.call(operation, input, requestContext, context);
      if (isInputRequiredResult(answer)) return answer;
      return {
        content: [asText(visibleJson(answer))],
        structuredContent: answer as Record<string, unknown>,
        isError: false,
      };
    } catch (error) {
      const problem = toProblem(this.database.failureOf(error), requestContext.requestId);
      if (isFault(problem)) this.log.error({ request_id: requestContext.requestId, err: error });
      return {
        content: [asText(visibleText(errorLine(problem))), asText(visibleJson(problem))],
        isError: true,
        ...hintOf(problem, requestContext),
      };
    }
  }
}

const asText = (text: string) => ({ type: 'text' as const, text });

/** ChatGPT starts its sign-in by this field; other clients ignore it. */
const hintOf = ({ code, scope }: Problem, requestContext: McpRequestContext) =>
  code === 'INSUFFICIENT_SCOPE'
    ? { _meta: { 'mcp/www_authenticate': [requestContext.challenge(scope as Scope)] } }
    : {};
