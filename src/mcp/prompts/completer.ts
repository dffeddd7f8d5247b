import { type CompleteRequestParams, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { schemaOf } from '../../kernel/schema.js';
import { ContextCatalog } from '../../platform/catalogs/context-catalog.js';
import type { Handlers } from '../requests/handlers.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { mayUse } from '../requests/scopes.js';

/** The protocol's maximum number of values in one answer. */
const MOST = 100;

/** Completes arguments of prompts and variables of URI templates. */
@Injectable()
export class Completer {
  constructor(private readonly catalog: ContextCatalog) {}

  handlers(requestContext: McpRequestContext): Handlers {
    return { 'completion/complete': ({ params }) => this.complete(params, requestContext) };
  }

  private async complete({ ref, argument }: CompleteRequestParams, { caller }: McpRequestContext) {
    const declared =
      ref.type === 'ref/prompt'
        ? this.catalog.prompts().find(({ contract }) => contract.name === ref.name)?.contract
        : this.catalog.resources().find(({ contract }) => contract.uri === ref.uri)?.contract;
    if (!declared || !mayUse(caller, declared.scope)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no prompt or resource with this name or URI.');
    }
    const source =
      'input' in declared
        ? schemaOf(declared.input).properties?.[argument.name]?.['x-completions']
        : declared.completions?.[argument.name];
    const values = (await this.catalog.completions(String(source))?.(argument.value, caller)) ?? [];
    return { completion: { values: values.slice(0, MOST), total: values.length, hasMore: values.length > MOST } };
  }
}
