import { type GetPromptResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/errors.js';
import type { PromptContract } from '../../kernel/prompt.js';
import { parse, schemaOf } from '../../kernel/schema.js';
import { ContextCatalog } from '../../platform/catalogs/context-catalog.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import type { Handlers } from '../requests/handlers.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { toProtocolError } from '../requests/protocol-error.js';
import { mayUse } from '../requests/scopes.js';

/** Lists and writes the prompts declared with @Prompt. */
@Injectable()
export class Prompts {
  constructor(
    private readonly catalog: ContextCatalog,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handlers(requestContext: McpRequestContext): Handlers {
    return {
      'prompts/list': () => ({
        prompts: this.catalog
          .prompts()
          .filter(({ contract }) => mayUse(requestContext.caller, contract.scope))
          .map(({ contract }) => shownOf(contract)),
      }),
      'prompts/get': ({ params }) => this.get(params.name, params.arguments ?? {}, requestContext),
    };
  }

  private async get(name: string, given: object, requestContext: McpRequestContext): Promise<GetPromptResult> {
    const prompt = this.catalog.prompt(name);
    if (!prompt || !mayUse(requestContext.caller, prompt.contract.scope)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown prompt: prompts/list lists all prompts.');
    }
    try {
      const input = await parse(prompt.contract.input, given);
      if (Array.isArray(input)) throw new DomainError('INVALID_REQUEST', undefined, { issues: input });
      const text = await prompt.write(input, requestContext.caller);
      return { description: prompt.contract.summary, messages: [{ role: 'user', content: { type: 'text', text } }] };
    } catch (error) {
      const known = toProtocolError(error, requestContext.requestId);
      if (known) throw known;
      this.log.error({ request_id: requestContext.requestId, err: error });
      throw new ProtocolError(ProtocolErrorCode.InternalError, 'The server has failed.');
    }
  }
}

function shownOf({ name, title, summary, input }: PromptContract) {
  const { properties = {}, required } = schemaOf(input);
  const needed = Array.isArray(required) ? required : [];
  return {
    name,
    title,
    description: summary,
    arguments: Object.entries(properties).map(([argument, { description }]) => ({
      name: argument,
      description: String(description),
      required: needed.includes(argument),
    })),
  };
}
