import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/caller.js';
import { type Problem, toProblem } from '../kernel/errors.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/platform.module.js';
import type { Asking } from './asking.js';
import type { Handlers } from './handlers.js';
import { withProgress } from './progress.js';
import { Questions } from './questions.js';
import { Tools } from './tools.js';
import { visibleJson } from './visible-json.js';

/** The operations, called as tools. */
@Injectable()
export class ToolCalls {
  constructor(
    private readonly tools: Tools,
    private readonly questions: Questions,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handlers(asking: Asking): Handlers {
    return {
      'tools/list': () => ({ tools: this.tools.listedFor(asking) }),
      'tools/call': ({ params }, context) =>
        withProgress(asking, context, () => this.call(params.name, params.arguments ?? {}, asking, context)),
    };
  }

  private async call(
    name: string,
    input: object,
    asking: Asking,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult> {
    const operation = this.tools.find(name, asking);
    if (!operation) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool: tools/list has those there are.');
    }
    try {
      const answer = await this.questions.call(operation, input, asking, context);
      if (isInputRequiredResult(answer)) return answer;
      return { content: [asText(answer)], structuredContent: answer as Record<string, unknown>, isError: false };
    } catch (error) {
      const problem = toProblem(error, asking.requestId);
      if (problem.code === 'INTERNAL_ERROR') this.log.error({ request_id: asking.requestId, err: error });
      return { content: [asText(problem)], isError: true, ...hintOf(problem, asking) };
    }
  }
}

const asText = (value: object) => ({ type: 'text' as const, text: visibleJson(value) });

/** ChatGPT opens its sign-in on this; other clients pass over it. */
const hintOf = ({ code, scope }: Problem, asking: Asking) =>
  code === 'INSUFFICIENT_SCOPE' ? { _meta: { 'mcp/www_authenticate': [asking.challenge(scope as Scope)] } } : {};
