import { type CompleteRequestParams, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { schemaOf } from '../kernel/schema.js';
import { ContextCatalog } from '../platform/context-catalog.js';
import type { Asking } from './asking.js';
import type { Handlers } from './handlers.js';
import { mayUse } from './scopes.js';

/** As many as one answer may hold. */
const MOST = 100;

/** Values for arguments of prompts and variables of templates that begin as somebody has typed. */
@Injectable()
export class Completer {
  constructor(private readonly catalog: ContextCatalog) {}

  handlers(asking: Asking): Handlers {
    return { 'completion/complete': ({ params }) => this.complete(params, asking) };
  }

  private async complete({ ref, argument }: CompleteRequestParams, { caller }: Asking) {
    const declared =
      ref.type === 'ref/prompt'
        ? this.catalog.prompts().find(({ contract }) => contract.name === ref.name)?.contract
        : this.catalog.resources().find(({ contract }) => contract.uri === ref.uri)?.contract;
    if (!declared || !mayUse(caller, declared.scope)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Nothing is declared under this name or address.');
    }
    const source =
      'input' in declared
        ? schemaOf(declared.input).properties?.[argument.name]?.['x-completions']
        : declared.completions?.[argument.name];
    const values = (await this.catalog.completions(String(source))?.(argument.value, caller)) ?? [];
    return { completion: { values: values.slice(0, MOST), total: values.length, hasMore: values.length > MOST } };
  }
}
