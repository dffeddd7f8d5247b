import type { Issue, JsonSchema } from './json-schema.js';
import { shapeFaultOf } from './json-shape.js';

/**
 * Limits for JSON inside a string value. It is checked separately, because the check of the body counted it as one
 * value.
 */
const MAX_SHAPE = { depth: 25, values: 10_000, fields: 5_000 };

/**
 * Corrects common mistakes of models with the schema of the operation: lists, objects, numbers and booleans given as
 * text are converted, and fields given as `null` or `""` count as omitted. Text for a text field and values of free
 * JSON fields are unchanged.
 */
export function meantInput(value: object, { properties = {}, required = [] }: JsonSchema): object {
  const fields = Object.entries(value).map(([name, given]): [string, unknown] => {
    const field = ownOf(properties, name);
    return [name, field ? meant(given, field) : given];
  });
  const isLeftOut = ([name, given]: [string, unknown]) => {
    const field = ownOf(properties, name);
    if (!field || given === null) return given === null && field !== undefined;
    return given === '' && !(required as string[]).includes(name) && !takesEmpty(field);
  };
  return Object.fromEntries(fields.filter((field) => !isLeftOut(field)));
}

/** The fields whose value has another type than the schema says, each with one sentence. */
export function typeIssues(value: object, { properties = {} }: JsonSchema, path = ''): Issue[] {
  return Object.entries(value).flatMap(([name, given]) => {
    const schema = ownOf(properties, name);
    const field = path ? `${path}.${name}` : name;
    if (!schema) return [];
    const types = typesOf(schema);
    if (types.length && !types.some((type) => isOfType(given, type))) {
      return [{ field, message: `${field} must be ${types.map((type) => WORDS[type] ?? type).join(' or ')}` }];
    }
    if (!Array.isArray(given)) return isObject(given) ? typeIssues(given, schema, field) : [];
    return given.flatMap((item, i) => (isObject(item) ? typeIssues(item, schema.items ?? {}, `${field}.${i}`) : []));
  });
}

/** The names of the types as class-validator's messages write them. */
const WORDS: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'a boolean value',
  integer: 'an integer number',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

function meant(given: unknown, schema: JsonSchema): unknown {
  const value = typeof given === 'string' ? fromText(given, typesOf(schema)) : given;
  if (Array.isArray(value)) {
    const { items, maxItems } = schema;
    return items && !(value.length > Number(maxItems)) ? value.map((item) => meant(item, items)) : value;
  }
  return isObject(value) ? meantInput(value, schema) : value;
}

/** Converts text to one of these types; returns the text unchanged if it fits none of them. */
export function fromText(text: string, types: readonly string[]): unknown {
  if (!types.length || types.includes('string')) return text;
  const trimmed = text.trim();
  const word = trimmed.toLowerCase();
  if (word === 'null' || word === 'none') return null;
  if (types.includes('boolean') && (word === 'true' || word === 'false')) return word === 'true';
  if (types.some((type) => NUMBERS.includes(type)) && NUMBER.test(trimmed)) return Number(trimmed);
  const isWanted =
    (types.includes('object') && word.startsWith('{')) || (types.includes('array') && word.startsWith('['));
  return isWanted ? (parsed(trimmed) ?? text) : text;
}

const NUMBERS = ['integer', 'number'];
const NUMBER = /^[+-]?\d{1,20}(\.\d{1,20})?$/;

function parsed(text: string): unknown {
  if (shapeFaultOf(Buffer.from(text), MAX_SHAPE)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the schema allows an empty text. */
const takesEmpty = (schema: JsonSchema): boolean =>
  [schema, ...choicesOf(schema)].some(({ minLength }) => minLength === 0);

const choicesOf = ({ anyOf, oneOf }: JsonSchema): JsonSchema[] => [anyOf ?? oneOf ?? []].flat() as JsonSchema[];

const typesOf = (schema: JsonSchema): string[] =>
  [schema, ...choicesOf(schema)].flatMap(({ type }) => type ?? []).filter((type) => type !== 'null');

function isOfType(value: unknown, type: string): boolean {
  if (value === undefined) return true;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return NUMBERS.includes(type) ? typeof value === 'number' : typeof value === type;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ownOf = (properties: Record<string, JsonSchema>, name: string) =>
  Object.hasOwn(properties, name) ? properties[name] : undefined;
