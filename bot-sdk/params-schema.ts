import type { JsonObject } from './contract.js';

const MAX_DEPTH = 6;
const MAX_BYTES = 16_384;
const ANNOTATIONS = ['type', 'enum', 'const', 'default', 'title', 'description'];
const NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
const SIZES = ['minLength', 'maxLength', 'minItems', 'maxItems'];
const NESTED = ['items', 'properties', 'required', 'additionalProperties'];
const ALLOWED = new Set([...ANNOTATIONS, ...NUMBERS, ...SIZES, ...NESTED]);

/**
 * Says where a schema goes beyond the part of JSON Schema that a manifest may use, or nothing. That part always ends quickly:
 * no `pattern`, no `$ref`, no `format`, at most 6 deep and 16 KB.
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
