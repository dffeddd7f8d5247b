import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { JsonSchema } from '../../kernel/json-schema.js';
import type { Contract } from '../../kernel/operation.js';
import { listedSchemaOf } from '../../kernel/portable-schema.js';
import type { PromptContract } from '../../kernel/prompt.js';
import type { ResourceContract } from '../../kernel/resource.js';
import { schemaOf } from '../../kernel/schema.js';
import { ContextCatalog } from '../../platform/catalogs/context-catalog.js';
import { OperationCatalog } from '../../platform/catalogs/operation-catalog.js';
import { faultsOfSchema, MAX_DESCRIPTION } from './schema-lint.js';

/**
 * Checks all declarations at the start against the rules of connector directories; a declaration that breaks one is not
 * listed.
 */
@Injectable()
export class DirectoryLint implements OnApplicationBootstrap {
  constructor(
    private readonly operations: OperationCatalog,
    private readonly context: ContextCatalog,
  ) {}

  onApplicationBootstrap() {
    const isCompleted = (source: string) => this.context.completions(source) !== undefined;
    const faults = [
      ...this.operations.all().flatMap(({ contract }) => faultsOf(contract)),
      ...this.context.prompts().flatMap(({ contract }) => faultsOfPrompt(contract, isCompleted)),
      ...this.context.resources().flatMap(({ contract }) => faultsOfResource(contract, isCompleted)),
    ];
    if (faults.length) throw new Error(`These declarations are not fit to be published:\n${faults.join('\n')}`);
  }
}

export function faultsOf(contract: Contract): string[] {
  const { name, aliases = [], title, summary, input, output, reads, destroys, confirms } = contract;
  const misnamed = [name, ...aliases].filter((it) => !NAME.test(it));
  return [
    ...misnamed.map((it) => `${it} is not a name of small letters and underscores, 64 at most.`),
    ...unsaid(name, title, summary),
    ...(reads && destroys ? [`${name} says that it only reads and that it destroys.`] : []),
    ...(confirms && !destroys ? [`${name} is confirmed and does not say that it destroys.`] : []),
    ...undescribed(schemaOf(input)).map((field) => `The input ${field} of ${name} has no description.`),
    ...undescribed(schemaOf(output)).map((field) => `The output ${field} of ${name} has no description.`),
    ...(summary.length > MAX_DESCRIPTION
      ? [`The summary of ${name} is longer than ${MAX_DESCRIPTION} characters.`]
      : []),
    ...faultsOfSchema(listedSchemaOf(input)).map((fault) => `The input of ${name}: ${fault}`),
    ...faultsOfSchema(listedSchemaOf(output)).map((fault) => `The output of ${name}: ${fault}`),
  ];
}

type IsCompleted = (source: string) => boolean;

export function faultsOfPrompt({ name, title, summary, input }: PromptContract, isCompleted: IsCompleted): string[] {
  const { properties = {} } = schemaOf(input);
  const fields = Object.entries(properties);
  const sources = fields.flatMap(([, schema]) => (schema['x-completions'] as string | undefined) ?? []);
  return [
    ...(NAME.test(name) ? [] : [`${name} is not a name of small letters and underscores, 64 at most.`]),
    ...unsaid(name, title, summary),
    ...undescribed(schemaOf(input)).map((field) => `The argument ${field} of ${name} has no description.`),
    ...fields.flatMap(([field, { type }]) =>
      type === 'string' ? [] : [`The argument ${field} of ${name} is no text.`],
    ),
    ...sources.flatMap((source) => (isCompleted(source) ? [] : [`Nothing completes ${source}, which ${name} names.`])),
  ];
}

export function faultsOfResource(contract: ResourceContract, isCompleted: IsCompleted): string[] {
  const { name, title, summary, uri, mimeType, completions = {} } = contract;
  const variables = [...uri.matchAll(/\{(\w+)\}/g)].map(([, variable]) => variable);
  return [
    ...unsaid(name, title, summary),
    ...(URL.canParse(uri.replace(/[{}]/g, '')) ? [] : [`${uri} is no address.`]),
    ...(/^[\w.+-]+\/[\w.+;=-]+$/.test(mimeType) ? [] : [`${name} has no media type.`]),
    ...Object.entries(completions).flatMap(([variable, source]) => [
      ...(variables.includes(variable) ? [] : [`${uri} has no variable ${variable}.`]),
      ...(isCompleted(source) ? [] : [`Nothing completes ${source}, which ${name} names.`]),
    ]),
  ];
}

const NAME = /^(?=.{1,64}$)[a-z]+(_[a-z]+)*$/;

const unsaid = (name: string, title: string, summary: string) => [
  ...(title ? [] : [`${name} has no title.`]),
  ...(/^[A-Z].{15,}\.$/.test(summary) ? [] : [`The summary of ${name} is not a plain sentence.`]),
];

function undescribed({ properties = {}, items }: JsonSchema, path = ''): string[] {
  const inItems = items ? undescribed(items, path) : [];
  const own = Object.entries(properties).flatMap(([field, schema]) => {
    const here = path ? `${path}.${field}` : field;
    return [...(schema.description ? [] : [here]), ...undescribed(schema, here)];
  });
  return [...own, ...inItems];
}
