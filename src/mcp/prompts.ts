import { type GetPromptResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors.js';
import type { PromptContract } from '../kernel/prompt.js';
import { parse, schemaOf } from '../kernel/schema.js';
import { ContextCatalog } from '../platform/context-catalog.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/platform.module.js';
import type { Asking } from './asking.js';
import type { Handlers } from './handlers.js';
import { toProtocolError } from './protocol-error.js';
import { mayUse } from './scopes.js';

/** What is declared with @Prompt: listed with its arguments, and written with those that were given. */
@Injectable()
export class Prompts {
  constructor(
    private readonly catalog: ContextCatalog,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handlers(asking: Asking): Handlers {
    return {
      'prompts/list': () => ({
        prompts: this.catalog
          .prompts()
          .filter(({ contract }) => mayUse(asking.caller, contract.scope))
          .map(({ contract }) => shownOf(contract)),
      }),
      'prompts/get': ({ params }) => this.get(params.name, params.arguments ?? {}, asking),
    };
  }

  private async get(name: string, given: object, asking: Asking): Promise<GetPromptResult> {
    const prompt = this.catalog.prompt(name);
    if (!prompt || !mayUse(asking.caller, prompt.contract.scope)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown prompt: prompts/list has those there are.');
    }
    try {
      const input = await parse(prompt.contract.input, given);
      if (Array.isArray(input)) throw new DomainError('INVALID_REQUEST', undefined, { issues: input });
      const text = await prompt.write(input, asking.caller);
      return { description: prompt.contract.summary, messages: [{ role: 'user', content: { type: 'text', text } }] };
    } catch (error) {
      const known = toProtocolError(error, asking.requestId);
      if (known) throw known;
      this.log.error({ request_id: asking.requestId, err: error });
      throw new ProtocolError(ProtocolErrorCode.InternalError, 'The server failed.');
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
