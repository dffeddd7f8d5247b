import type { Tool } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { ERRORS } from '../kernel/errors.js';
import { type Contract, scopeOf } from '../kernel/operation.js';
import { publishedSchemaOf } from '../kernel/portable-schema.js';
import { type ListedOperation, OperationCatalog } from '../platform/operation-catalog.js';
import type { Asking } from './asking.js';
import { mayCall } from './scopes.js';
import { USUAL } from './toolsets.js';

/** The catalog as MCP tools: one for each name under which an operation answers, in the order of the names. */
@Injectable()
export class Tools {
  private listed?: { readonly contract: Contract; readonly tool: Tool }[];

  constructor(private readonly catalog: OperationCatalog) {}

  /** What the caller may call, of the toolsets that the URL chose; two calls give the same bytes. */
  listedFor({ caller, toolsets = USUAL }: Asking): Tool[] {
    this.listed ??= this.all();
    return this.listed
      .filter(({ contract }) => mayCall(caller, contract) && toolsets.includes(toolsetOf(contract)))
      .map(({ tool }) => tool);
  }

  /** A tool that the URL did not choose is not there. Whether the caller may call it, the operation says. */
  find(name: string, { toolsets }: Pick<Asking, 'toolsets'>): ListedOperation | undefined {
    const operation = this.catalog.find(name);
    return operation && (toolsets?.includes(toolsetOf(operation.contract)) ?? true) ? operation : undefined;
  }

  private all() {
    return this.catalog
      .all()
      .flatMap(({ contract }) => [contract.name, ...(contract.aliases ?? [])].map((name) => ({ name, contract })))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, contract }) => ({ contract, tool: toolOf(name, contract) }));
  }
}

const toolsetOf = ({ toolset = 'core' }: Contract) => toolset;

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
    // Where ChatGPT looks for what a token must cover.
    _meta: { securitySchemes: [{ type: 'oauth2', scopes: [scopeOf(contract) ?? []].flat() }] },
  };
}

/** Clients expect an object at the root even of a tool that takes nothing. */
const objectSchema = (shape: Contract['input']) =>
  ({ properties: {}, ...publishedSchemaOf(shape), type: 'object' }) as Tool['inputSchema'];
