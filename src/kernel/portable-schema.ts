import type { JsonSchema } from './json-schema.js';
import { type Shape, schemaOf } from './schema.js';

/**
 * Keywords that the server checks but a model need not read: each costs tokens, and some clients cannot compile each
 * pattern.
 */
const CHECKS = ['additionalProperties', 'pattern', 'minLength', 'maxLength', 'minItems', 'maxItems'];

/** The JSON Schema of a class as REST publishes it, with all constraints and with `null` where it is allowed. */
export const publishedSchemaOf = (shape: Shape): JsonSchema => portable(schemaOf(shape));

/** The JSON Schema of a class as a tool lists it, in a form that the strictest MCP clients accept. */
export const listedSchemaOf = (shape: Shape): JsonSchema => listedFields(publishedSchemaOf(shape));

/**
 * Rewrites a schema for strict clients: several types become an `anyOf` with the other keywords inside each branch.
 * Only `null` stays in a list of types.
 */
export function portable(schema: JsonSchema): JsonSchema {
  const { type, anyOf, ...rest } = mapped(schema, portable);
  const types = [type ?? []].flat();
  if (Array.isArray(anyOf)) return { anyOf: anyOf.map((one) => portable({ ...rest, ...one })) };
  if (types.filter((one) => one !== 'null').length < 2) return type === undefined ? rest : { ...rest, type };
  return { anyOf: types.map((one) => ({ ...rest, type: one })) };
}

/** The schema without constraints and without `null`, which the server treats as an omitted field. */
export function listedFields(schema: JsonSchema): JsonSchema {
  const { type, anyOf, ...rest } = mapped(schema, listedFields);
  if (Array.isArray(anyOf)) return chosen(anyOf.map(listedFields).filter((one) => one.type !== 'null'));
  const keywords = Object.entries(rest).filter(([keyword, value]) => !CHECKS.includes(keyword) && !isNoBound(value));
  return { ...(type !== undefined && { type: withoutNull(type) }), ...Object.fromEntries(keywords) };
}

const chosen = (choices: JsonSchema[]): JsonSchema => (choices.length === 1 ? { ...choices[0] } : { anyOf: choices });

const withoutNull = (type: string | string[]) => [type].flat().find((one) => one !== 'null') ?? 'null';

/** A bound that no safe integer exceeds, so it says nothing. */
const isNoBound = (value: unknown) => typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER;

function mapped(schema: JsonSchema, change: (inner: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, items, additionalProperties } = schema;
  const entries = Object.entries(properties ?? {}).map(([name, inner]) => [name, change(inner)]);
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(entries) }),
    ...(items && { items: change(items) }),
    ...(isSchema(additionalProperties) && { additionalProperties: change(additionalProperties) }),
  };
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
