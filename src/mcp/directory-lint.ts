import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Contract } from '../kernel/operation.js';
import { type JsonSchema, schemaOf } from '../kernel/schema.js';
import { OperationCatalog } from '../platform/operation-catalog.js';

/** What connector directories ask of every tool, checked at the start: an operation that breaks a rule never runs. */
@Injectable()
export class DirectoryLint implements OnApplicationBootstrap {
  constructor(private readonly catalog: OperationCatalog) {}

  onApplicationBootstrap() {
    const faults = this.catalog.all().flatMap(({ contract }) => faultsOf(contract));
    if (faults.length) throw new Error(`Operations that nobody should be shown:\n${faults.join('\n')}`);
  }
}

export function faultsOf({ name, aliases = [], title, summary, input, output }: Contract): string[] {
  const misnamed = [name, ...aliases].filter((it) => it.length > 64 || !/^[a-z]+(_[a-z]+)*$/.test(it));
  return [
    ...misnamed.map((it) => `${it} is not a name of small letters and underscores, 64 at most.`),
    ...(title ? [] : [`${name} has no title.`]),
    ...(/^[A-Z].{15,}\.$/.test(summary) ? [] : [`The summary of ${name} is not a plain sentence.`]),
    ...undescribed(schemaOf(input)).map((field) => `The input ${field} of ${name} has no description.`),
    ...undescribed(schemaOf(output)).map((field) => `The output ${field} of ${name} has no description.`),
  ];
}

function undescribed({ properties = {}, items }: JsonSchema, path = ''): string[] {
  const inItems = items ? undescribed(items, path) : [];
  const own = Object.entries(properties).flatMap(([field, schema]) => {
    const here = path ? `${path}.${field}` : field;
    return [...(schema.description ? [] : [here]), ...undescribed(schema, here)];
  });
  return [...own, ...inItems];
}
