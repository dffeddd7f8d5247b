import { type JsonSchema, type Shape, schemaOf } from './schema.js';

/** Words about the value, whatever it is; every other keyword holds for one type of it. */
const NOTES = ['description', 'x-untrusted'];

/** The schema of a class as both doors publish it. */
export const publishedSchemaOf = (shape: Shape): JsonSchema => portable(schemaOf(shape));

/**
 * The same schema without a list of types. It is legal, and clients that bring a tool to a model of one type for each
 * value refuse it or drop the field; a choice of schemas they know.
 */
export function portable(schema: JsonSchema): JsonSchema {
  const { type, ...rest } = mapped(schema, portable);
  if (!Array.isArray(type)) return type === undefined ? rest : { ...rest, type };
  const entries = Object.entries(rest);
  const notes = Object.fromEntries(entries.filter(([keyword]) => NOTES.includes(keyword)));
  const rules = Object.fromEntries(entries.filter(([keyword]) => !NOTES.includes(keyword)));
  return { ...notes, anyOf: type.map((one) => (one === 'null' ? { type: one } : { type: one, ...rules })) };
}

function mapped(schema: JsonSchema, change: (inner: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, items, additionalProperties } = schema;
  const changed = Object.entries(properties ?? {}).map(([name, inner]) => [name, change(inner)]);
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(changed) }),
    ...(items && { items: change(items) }),
    ...(isSchema(additionalProperties) && { additionalProperties: change(additionalProperties) }),
  };
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
