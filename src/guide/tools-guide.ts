import { Injectable } from '@nestjs/common';
import { type Contract, TOOLSETS, toolsetsOf } from '../kernel/operation.js';
import { Resource, type ResourceReader } from '../kernel/resource.js';
import { schemaOf } from '../kernel/schema.js';
import { OperationCatalog } from '../platform/catalogs/operation-catalog.js';

const GUIDE = {
  name: 'tools',
  title: 'All tools',
  summary: 'Every tool and its input, including tools that are not listed.',
} as const;

/**
 * Lists every operation under its toolset. An MCP client lists only some of them to its model, but the model can call
 * all.
 */
@Resource({ ...GUIDE, uri: `doc://${GUIDE.name}`, mimeType: 'text/markdown' })
@Injectable()
export class ToolsGuide implements ResourceReader {
  readonly guide = GUIDE;

  constructor(private readonly catalog: OperationCatalog) {}

  read(): string {
    const contracts = this.catalog.all().map(({ contract }) => contract);
    const sections = TOOLSETS.map((set) => ({ set, own: contracts.filter((one) => toolsetsOf(one).includes(set)) }));
    const parts = sections
      .filter(({ own }) => own.length)
      .map(({ set, own }) => `## ${set}\n\n${own.map(lineOf).join('\n')}`);
    return [HEAD, ...parts].join('\n\n');
  }
}

const HEAD = `# All tools

A client lists some of these; every one of them can be called by its name. To have more listed, connect to
\`/mcp?tools=\` with the names of the sets, such as \`/mcp?tools=core,bots\`. A field with a question mark may be left out.`;

function lineOf({ name, aliases, summary, input }: Contract): string {
  const { properties = {}, required = [] } = schemaOf(input);
  const fields = Object.keys(properties).map((field) => ((required as string[]).includes(field) ? field : `${field}?`));
  const same = aliases ? ` Also called ${aliases.join(', ')}.` : '';
  return `- \`${name}(${fields.join(', ')})\`: ${summary}${same}`;
}
