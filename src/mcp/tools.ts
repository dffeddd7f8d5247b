import type { Tool } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../kernel/caller.js';
import { ERRORS } from '../kernel/errors.js';
import { type Contract, scopeOf } from '../kernel/operation.js';
import { publishedSchemaOf } from '../kernel/portable-schema.js';
import { OperationCatalog } from '../platform/operation-catalog.js';

/** The catalog as MCP tools: one for each name under which an operation answers, in the order of the names. */
@Injectable()
export class Tools {
  private listed?: { readonly contract: Contract; readonly tool: Tool }[];

  constructor(private readonly catalog: OperationCatalog) {}

  /** What this caller's token covers; two calls give the same bytes. */
  listedFor(caller: Caller): Tool[] {
    this.listed ??= this.all();
    return this.listed.filter(({ contract }) => covers(caller, contract)).map(({ tool }) => tool);
  }

  private all() {
    return this.catalog
      .all()
      .flatMap(({ contract }) => [contract.name, ...(contract.aliases ?? [])].map((name) => ({ name, contract })))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, contract }) => ({ contract, tool: toolOf(name, contract) }));
  }
}

function covers({ scopes }: Caller, contract: Contract) {
  const scope = scopeOf(contract);
  return !scope || scopes.includes(scope);
}

function toolOf(name: string, contract: Contract): Tool {
  const { title, summary, input, output, errors } = contract;
  const same = name === contract.name ? [] : [`The same as ${contract.name}.`];
  return {
    name,
    title,
    description: [summary, ...same, ...errors.map((code) => `${code}: ${ERRORS[code].title}.`)].join('\n'),
    inputSchema: objectSchema(input),
    outputSchema: objectSchema(output),
    annotations: {
      title,
      readOnlyHint: contract.reads ?? false,
      destructiveHint: contract.destroys ?? false,
      idempotentHint: contract.reads ?? contract.repeatable ?? false,
      openWorldHint: contract.openWorld ?? false,
    },
  };
}

/** Clients expect an object at the root even of a tool that takes nothing. */
const objectSchema = (shape: Contract['input']) =>
  ({ properties: {}, ...publishedSchemaOf(shape), type: 'object' }) as Tool['inputSchema'];
