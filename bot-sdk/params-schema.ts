import type { JsonObject } from './contract.js';

const MAX_DEPTH = 6;
const MAX_BYTES = 16_384;
const FOR_EVERY_TYPE = ['type', 'enum', 'const', 'default', 'title', 'description'];
const FOR_NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
const FOR_SIZES = ['minLength', 'maxLength', 'minItems', 'maxItems'];
const FOR_CONTENTS = ['items', 'properties', 'required', 'additionalProperties'];
const ALLOWED = new Set([...FOR_EVERY_TYPE, ...FOR_NUMBERS, ...FOR_SIZES, ...FOR_CONTENTS]);

/**
 * Why a schema is outside the part of JSON Schema that a manifest may use, or undefined. That part can be validated in
 * bounded time: no `pattern`, `$ref` or `format`, at most 6 levels and 16 KB.
 */
export function faultInSchema(schema: JsonObject, name: string): string | undefined {
  if (new TextEncoder().encode(JSON.stringify(schema)).length > MAX_BYTES) return `${name} is larger than 16 KB`;
  if ('type' in schema && schema.type !== 'object') return `${name}.type is not "object"`;
  return faultIn(schema, name, 1);
}

function faultIn(schema: unknown, at: string, depth: number): string | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return `${at} is not a schema`;
  if (depth > MAX_DEPTH) return `${at} is nested deeper than ${MAX_DEPTH}`;
  const unknown = Object.keys(schema).find((keyword) => !ALLOWED.has(keyword));
  if (unknown !== undefined) return `${at}.${unknown} is not a keyword that a manifest may use`;

  const { items, properties, additionalProperties } = schema as JsonObject;
  if (additionalProperties !== undefined && typeof additionalProperties !== 'boolean')
    return `${at}.additionalProperties is not a boolean`;
  if (items !== undefined) return faultIn(items, `${at}.items`, depth + 1) ?? faultInProperties(properties, at, depth);
  return faultInProperties(properties, at, depth);
}

function faultInProperties(properties: unknown, at: string, depth: number): string | undefined {
  if (properties === undefined) return undefined;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    return `${at}.properties is not an object`;
  for (const [name, schema] of Object.entries(properties)) {
    const fault = faultIn(schema, `${at}.properties.${name}`, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}
