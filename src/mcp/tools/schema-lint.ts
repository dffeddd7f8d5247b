import type { JsonSchema } from '../../kernel/json-schema.js';

/** The maximum length of a description in connector directories, in characters. */
export const MAX_DESCRIPTION = 1_024;

/** The field names that the APIs of model vendors accept. */
const FIELD_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/** Faults of a tool's schema for the strictest clients, at any depth; each is a sentence with the place. */
export function faultsOfSchema(schema: JsonSchema, path = ''): string[] {
  const { description = '', properties = {}, items, additionalProperties, anyOf, type } = schema;
  const where = path || 'The root';
  const choices = (anyOf ?? []) as JsonSchema[];
  const fields = Object.entries(properties);
  const inner: [string, unknown][] = [
    ...fields.map(([field, one]): [string, unknown] => [path ? `${path}.${field}` : field, one]),
    ...choices.map((one): [string, unknown] => [`${path || 'the root'} (a choice)`, one]),
    [`${path}[]`, items],
    [`${path}.*`, additionalProperties],
  ];
  return [
    ...fields.flatMap(([field]) =>
      FIELD_NAME.test(field) ? [] : [`${where} has a field with a name not every client takes.`],
    ),
    ...(String(description).length > MAX_DESCRIPTION
      ? [`${where} is described in more than ${MAX_DESCRIPTION} characters.`]
      : []),
    ...(anyOf && Object.keys(schema).length > 1 ? [`${where} says something beside anyOf.`] : []),
    ...(choices.some((one) => [one.type].flat().includes('null')) ? [`${where} has null in anyOf.`] : []),
    ...(Array.isArray(type) ? [`${where} has a list of types.`] : []),
    ...HARD.filter((keyword) => keyword in schema).map((keyword) => `${where} uses ${keyword}.`),
    ...inner.flatMap(([place, one]) => (isSchema(one) ? faultsOfSchema(one, place) : [])),
  ];
}

/** Keywords that some clients do not support. */
const HARD = ['$ref', '$defs', 'oneOf', 'allOf', 'not', 'if', 'patternProperties', 'prefixItems'];

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
