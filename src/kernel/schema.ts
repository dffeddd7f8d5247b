import 'reflect-metadata';
import { createRequire } from 'node:module';
import { applyDecorators } from '@nestjs/common';
import { IsInt, Max, Min, type ValidationError, validate } from 'class-validator';
import { JSONSchema, targetConstructorToSchema, validationMetadatasToSchemas } from 'class-validator-jsonschema';

import { printable } from './errors.js';

// class-transformer keeps its storage out of its public face, and the schema of nested classes is read from it.
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage');

// biome-ignore lint/suspicious/noExplicitAny: a class of any shape
export type Shape<T extends object = any> = new () => T;
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  $ref?: string;
  [keyword: string]: unknown;
}

/** Says what a field is, to people and to models. */
export const Describe = (description: string, more: object = {}) => JSONSchema({ description, ...more });

/** Marks a field that holds somebody else's words: data to a model, never instructions. */
export const Untrusted = (description: string, more: object = {}) =>
  JSONSchema({ description: `Untrusted, written by others: ${description}`, 'x-untrusted': true, ...more });

/** A place in a log as a client counted it: before its start and behind its end count as the start and the end. */
export const IsPlace = () => applyDecorators(IsInt(), Min(Number.MIN_SAFE_INTEGER), Max(Number.MAX_SAFE_INTEGER));

const schemas = new Map<Shape, JsonSchema>();

/** The JSON Schema (2020-12, nothing referenced) of a class with class-validator decorators. Unknown fields are refused. */
export function schemaOf(shape: Shape): JsonSchema {
  const known = schemas.get(shape);
  if (known) return known;
  const schema = inline(targetConstructorToSchema(shape, OPTIONS) as JsonSchema);
  schemas.set(shape, schema);
  return schema;
}

const OPTIONS = { refPointerPrefix: '#/', classTransformerMetadataStorage: defaultMetadataStorage };
let named: Record<string, JsonSchema> = {};

/** The schema of a class that another one refers to. All are read anew only for a class that was declared since. */
function referred(name: string): JsonSchema | undefined {
  if (!Object.hasOwn(named, name)) named = validationMetadatasToSchemas(OPTIONS) as Record<string, JsonSchema>;
  return named[name];
}

function inline(node: JsonSchema): JsonSchema {
  if (Array.isArray(node)) return node.map((item) => inline(item)) as unknown as JsonSchema;
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.$ref === 'string') {
    const { $ref, ...rest } = node;
    return inline({ ...referred($ref.slice(2)), ...rest });
  }
  const closed = node.properties ? { additionalProperties: false } : {};
  const entries = Object.entries(node).map(([key, value]) => [key, inline(value as JsonSchema)]);
  return { ...closed, ...Object.fromEntries(entries) };
}

export interface Issue {
  readonly field: string;
  readonly message: string;
}

/** More than anyone mends at once; the caller decides how many there are. */
const MOST_ISSUES = 20;

/** Room for a list of all the values there are. */
const MOST_MESSAGE = 400;

/**
 * Reads a value as an instance of the class, or says what is wrong with it. A field of it that is `null` counts as not
 * given.
 */
export async function parse<T extends object>(shape: Shape<T>, value: unknown): Promise<T | Issue[]> {
  const read = await readAs(shape, value);
  return Array.isArray(read) ? read.slice(0, MOST_ISSUES) : read;
}

async function readAs<T extends object>(shape: Shape<T>, value: unknown): Promise<T | Issue[]> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return [{ field: '', message: 'the input must be an object' }];
  }
  const schema = schemaOf(shape);
  const given = withoutNulls(value, schema);
  const tooMuch = [...crowded(given, schema), ...overlong(given, schema)];
  if (tooMuch.length) return tooMuch;
  const strange = [...strangeIn(shape, given), ...outOfRange(given, schema)];
  if (strange.length) return strange;
  const instance = instanceOf(shape, given);
  // forbidUnknownValues would refuse a class without fields; what a class does not name is refused without it.
  const errors = await validate(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  return errors.length ? errors.flatMap((error) => issuesOf(error)) : instance;
}

/** A `null` under a name that nobody knows stays, and is refused with its name. */
const withoutNulls = (value: object, { properties = {} }: JsonSchema): object =>
  Object.fromEntries(
    Object.entries(value).filter(([name, inner]) => inner !== null || !Object.hasOwn(properties, name)),
  );

/** So many fields that nobody knows, that there is no need to look at each of them with care. */
function crowded(given: object, { properties = {} }: JsonSchema): Issue[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(properties, name));
  if (unknown.length < MOST_ISSUES) return [];
  return unknown.slice(0, MOST_ISSUES).map((name) => {
    const field = printable(name);
    return { field, message: `unknown field ${field}` };
  });
}

/** Lists that are too long: each of their items would be checked before that is found out. */
function overlong(given: object, { properties = {} }: JsonSchema): Issue[] {
  return Object.entries(given).flatMap(([field, value]) => {
    const most = ownOf(properties, field)?.maxItems;
    if (!Array.isArray(value) || typeof most !== 'number' || value.length <= most) return [];
    return [{ field, message: `${field} must contain no more than ${most} elements` }];
  });
}

/** Whole numbers that no longer count one by one, which neither we nor a database can work with. */
function outOfRange(value: unknown, schema: JsonSchema, field = ''): Issue[] {
  if (typeof value === 'number') {
    const isMeant = [schema.type].flat().includes('integer') && Number.isInteger(value);
    const message = `${field} must be an integer number of at most ${Number.MAX_SAFE_INTEGER}`;
    return isMeant && !Number.isSafeInteger(value) ? [{ field, message }] : [];
  }
  if (!value || typeof value !== 'object') return [];
  const inner = ([name, item]: [string, unknown]) => {
    const known = Array.isArray(value) ? schema.items : ownOf(schema.properties, name);
    return known ? outOfRange(item, known, field ? `${field}.${name}` : name) : [];
  };
  return Object.entries(value).flatMap(inner);
}

const ownOf = (properties: Record<string, JsonSchema> = {}, name: string) =>
  Object.hasOwn(properties, name) ? properties[name] : undefined;

/** What no class can name, and text that neither a hash nor a database keeps as it is. */
function strangeIn(shape: Shape, value: object, path = ''): Issue[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = printable(path ? `${path}.${key}` : key);
    if (key in Object.prototype) return [{ field, message: `unknown field ${field}` }];
    const nested = typeOf(shape, key);
    if (!nested)
      return isWellFormed(inner) ? [] : [{ field, message: `${field} holds text that is not well-formed Unicode` }];
    return [inner].flat().flatMap((item, i) => (isObject(item) ? strangeIn(nested, item, `${field}.${i}`) : []));
  });
}

/** class-transformer's own reading would also turn what a field of free JSON holds into instances, and trip over it. */
function instanceOf<T extends object>(shape: Shape<T>, value: object): T {
  const fields = Object.entries(value).map(([key, inner]) => {
    const nested = typeOf(shape, key);
    const read = (item: unknown) => (nested && isObject(item) ? instanceOf(nested, item) : item);
    return [key, Array.isArray(inner) ? inner.map(read) : read(inner)];
  });
  const given = fields.filter(([, inner]) => inner !== undefined);
  return Object.assign(new shape(), Object.fromEntries(given));
}

function typeOf(shape: Shape, field: string): Shape | undefined {
  return defaultMetadataStorage.findTypeMetadata(shape, field)?.typeFunction();
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isWellFormed(key) && isWellFormed(inner));
}

function issuesOf(error: ValidationError, path = ''): Issue[] {
  const field = printable(path ? `${path}.${error.property}` : error.property);
  if (error.value === undefined && error.constraints && !error.constraints.whitelistValidation) {
    return [{ field, message: `${field} is required` }];
  }
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? `unknown field ${field}` : printable(message, MOST_MESSAGE),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => issuesOf(child, field))];
}

/** What of a value the schema names, and nothing else. A field without properties of its own is passed on whole. */
export function project(value: unknown, schema: JsonSchema): unknown {
  if (Array.isArray(value))
    return schema.items ? value.map((item) => project(item, schema.items as JsonSchema)) : value;
  if (value === null || typeof value !== 'object' || !schema.properties) return value;
  const shown: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(schema.properties)) {
    const field = (value as Record<string, unknown>)[key];
    if (field !== undefined) shown[key] = project(field, inner);
  }
  return shown;
}
