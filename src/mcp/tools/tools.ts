import type { Tool } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { type Contract, scopeOf } from '../../kernel/operation.js';
import { listedSchemaOf } from '../../kernel/portable-schema.js';
import { type ListedOperation, OperationCatalog } from '../../platform/catalogs/operation-catalog.js';
import { Config } from '../../platform/config/config.js';
import { withDocUrls } from '../../platform/docs/documents.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { mayCallTool } from '../requests/scopes.js';
import { isListed } from './toolsets.js';

/** The operations as MCP tools, sorted by name. */
@Injectable()
export class Tools {
  private described?: { readonly contract: Contract; readonly tool: Tool }[];

  constructor(
    private readonly catalog: OperationCatalog,
    private readonly config: Config,
  ) {}

  /** The tools that the caller may use, of the selected toolsets; the result is always identical in every byte. */
  listedFor({ caller, toolsets }: Pick<McpRequestContext, 'caller' | 'toolsets'>): Tool[] {
    return this.all()
      .filter(({ contract }) => mayCallTool(caller, contract) && isListed(contract, toolsets))
      .map(({ tool }) => tool);
  }

  /** The tools that need no token. */
  forNobody(): Tool[] {
    return this.all()
      .filter(({ contract }) => scopeOf(contract) === undefined)
      .map(({ tool }) => tool);
  }

  /** Finds an operation by any of its names, listed or not. The operation itself checks the caller. */
  find(name: string): ListedOperation | undefined {
    return this.catalog.find(name);
  }

  private all() {
    const { publicUrl } = this.config;
    this.described ??= this.catalog.all().map(({ contract }) => {
      const tool: Tool = JSON.parse(withDocUrls(JSON.stringify(toolOf(contract)), publicUrl));
      return { contract, tool };
    });
    return this.described;
  }
}

/** The listing of an operation as a tool, without its errors: an error explains itself. */
export function toolOf(contract: Contract): Tool {
  const { name, title, summary, input, output, listsAnswer } = contract;
  return {
    name,
    title,
    description: summary,
    inputSchema: objectSchema(input),
    ...(listsAnswer && { outputSchema: objectSchema(output) }),
    annotations: {
      title,
      readOnlyHint: contract.reads ?? false,
      destructiveHint: contract.destroys ?? false,
      idempotentHint: contract.reads ?? contract.repeatable ?? false,
      openWorldHint: contract.openWorld ?? false,
    },
    // ChatGPT reads the required scopes here.
    _meta: { securitySchemes: [{ type: 'oauth2', scopes: [scopeOf(contract) ?? []].flat() }] },
  };
}

/** Clients require an object at the root, even for a tool without arguments. */
const objectSchema = (shape: Contract['input']) =>
  ({ properties: {}, ...listedSchemaOf(shape), type: 'object' }) as Tool['inputSchema'];
