import { Injectable } from '@nestjs/common';
import { Completer } from '../prompts/completer.js';
import { Prompts } from '../prompts/prompts.js';
import type { Handlers } from '../requests/handlers.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { Resources } from '../resources/resources.js';
import { ToolCalls } from '../tools/tool-calls.js';
import { countedHandlers } from './counted-handlers.js';

/** The handlers of all methods that the application serves: tools, resources, prompts and completions. */
@Injectable()
export class RequestHandlers {
  constructor(
    private readonly tools: ToolCalls,
    private readonly resources: Resources,
    private readonly prompts: Prompts,
    private readonly completer: Completer,
  ) {}

  for(requestContext: McpRequestContext): Handlers {
    const own: Handlers = {
      ...this.tools.handlers(requestContext),
      ...this.resources.handlers(requestContext),
      ...this.prompts.handlers(requestContext),
      ...this.completer.handlers(requestContext),
    };
    return countedHandlers(own, requestContext);
  }
}
