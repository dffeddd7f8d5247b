import 'reflect-metadata';
import { createRequire } from 'node:module';
import { applyDecorators } from '@nestjs/common';
import { IsInt, Max, Min, type ValidationError, validate } from 'class-validator';
import { JSONSchema, targetConstructorToSchema } from 'class-validator-jsonschema';

import { printable } from './errors.js';
import type { Issue, JsonSchema } from './json-schema.js';
import { meantInput, typeIssues } from './meant-input.js';

// The schema of nested classes needs class-transformer's metadata storage, which the package does not export.
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage');

// biome-ignore lint/suspicious/noExplicitAny: a class of any shape
export type Shape<T extends object = any> = new () => T;

/** The description of a field, for people and models. */
export const Describe = (description: string, more: object = {}) => JSONSchema({ description, ...more });

/**
 * Marks a field that contains text of other people (`x-untrusted`): models must treat it as data, never as
 * instructions.
 */
export const Untrusted = (description: string, more: object = {}) =>
  JSONSchema({ description: `Untrusted, written by others: ${description}`, 'x-untrusted': true, ...more });

/**
 * An integer of at least `least` that JSON represents exactly. IsInt comes last, because the other decorators set the
 * type to number.
 */
export const IsSafeInt = (least: number) => applyDecorators(Max(Number.MAX_SAFE_INTEGER), Min(least), IsInt());

/**
 * A position in a log, as a client counts it. A position before the start counts as the start, one after the end as the
 * end.
 */
export const IsPlace = () => applyDecorators(IsInt(), Min(Number.MIN_SAFE_INTEGER), Max(Number.MAX_SAFE_INTEGER));

const schemas = new Map<Shape, JsonSchema>();

/**
 * The JSON Schema (2020-12, without `$ref`) of a class with class-validator decorators. Unknown fields are not allowed.
 */
export function schemaOf(shape: Shape): JsonSchema {
  const known = schemas.get(shape);
  if (known) return known;
  const node = targetConstructorToSchema(shape, OPTIONS) as JsonSchema;
  const fields = Object.entries(node.properties ?? {}).map(([field, inner]) => [
    field,
    inline(inner, typeOf(shape, field)),
  ]);
  const schema = closed({ ...node, ...(node.properties && { properties: Object.fromEntries(fields) }) });
  schemas.set(shape, schema);
  return schema;
}

const OPTIONS = { refPointerPrefix: '#/', classTransformerMetadataStorage: defaultMetadataStorage };

/**
 * The schema of a field. Each reference in it is to the nested class of the field. The package's own way to find it
 * would build the schemas of all classes at every start.
 */
function inline(node: JsonSchema, nested?: Shape): JsonSchema {
  if (Array.isArray(node)) return node.map((item) => inline(item, nested)) as unknown as JsonSchema;
  if (node === null || typeof node !== 'object') return node;
  const { $ref, ...own } = node;
  const entries = Object.entries(own).map(([key, value]) => [key, inline(value as JsonSchema, nested)]);
  const inner = Object.fromEntries(entries) as JsonSchema;
  if ($ref === undefined) return closed(inner);
  if (!nested) throw new Error(`no class for the reference ${$ref}`);
  return { ...schemaOf(nested), ...inner };
}

/** Unknown fields are not allowed in an object whose fields are known. */
const closed = (node: JsonSchema): JsonSchema => ({ ...(node.properties && { additionalProperties: false }), ...node });

/** The number of problems that one answer reports. */
const MAX_ISSUES = 20;

/** The length of a message, in characters: enough for a list of all allowed values. */
const MAX_MESSAGE = 400;

/**
 * Reads a value as an instance of the class, after correcting common mistakes (`meantInput`), or returns its problems.
 */
export async function parse<T extends object>(shape: Shape<T>, value: unknown): Promise<T | Issue[]> {
  const read = await readAs(shape, value);
  return Array.isArray(read) ? read.slice(0, MAX_ISSUES) : read;
}

async function readAs<T extends object>(shape: Shape<T>, value: unknown): Promise<T | Issue[]> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return [{ field: '', message: 'the input must be an object' }];
  }
  const schema = schemaOf(shape);
  const input = meantInput(value, schema);
  const tooMuch = [...unknownFieldIssues(input, schema), ...listLengthIssues(input, schema)];
  if (tooMuch.length) return tooMuch;
  const strange = [...unstorableTextIssues(shape, input), ...integerRangeIssues(input, schema)];
  if (strange.length) return strange;
  const instance = instanceOf(shape, input);
  // forbidUnknownValues would reject classes without fields; forbidNonWhitelisted already rejects unknown fields.
  const errors = await validate(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  const wrong = typeIssues(input, schema);
  const isSaid = ({ field }: Issue) => wrong.some((one) => field === one.field || field.startsWith(`${one.field}.`));
  const issues = [...wrong, ...errors.flatMap((error) => issuesOf(error)).filter((issue) => !isSaid(issue))];
  return issues.length ? issues : instance;
}

/** Rejects an object with a great many unknown fields before the slower validation. */
function unknownFieldIssues(given: object, { properties = {} }: JsonSchema): Issue[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(properties, name));
  if (unknown.length < MAX_ISSUES) return [];
  return unknown.slice(0, MAX_ISSUES).map((name) => {
    const field = printable(name);
    return { field, message: `unknown field ${field}` };
  });
}

/** Rejects lists that are too long before the slower validation, which would check each item. */
function listLengthIssues(given: object, { properties = {} }: JsonSchema): Issue[] {
  return Object.entries(given).flatMap(([field, value]) => {
    const max = ownOf(properties, field)?.maxItems;
    if (!Array.isArray(value) || typeof max !== 'number' || value.length <= max) return [];
    return [{ field, message: `${field} must contain no more than ${max} elements` }];
  });
}

/** Rejects integers beyond the safe integer range, which neither JavaScript nor the database keeps exactly. */
function integerRangeIssues(value: unknown, schema: JsonSchema, field = ''): Issue[] {
  if (typeof value === 'number') {
    const isMeant = [schema.type].flat().includes('integer') && Number.isInteger(value);
    const message = `${field} must be an integer number of at most ${Number.MAX_SAFE_INTEGER}`;
    return isMeant && !Number.isSafeInteger(value) ? [{ field, message }] : [];
  }
  if (!value || typeof value !== 'object') return [];
  const inner = ([name, item]: [string, unknown]) => {
    const known = Array.isArray(value) ? schema.items : ownOf(schema.properties, name);
    return known ? integerRangeIssues(item, known, field ? `${field}.${name}` : name) : [];
  };
  return Object.entries(value).flatMap(inner);
}

const ownOf = (properties: Record<string, JsonSchema> = {}, name: string) =>
  Object.hasOwn(properties, name) ? properties[name] : undefined;

/** Rejects field names and text that cannot be stored or hashed unchanged (such as unpaired surrogates). */
function unstorableTextIssues(shape: Shape, value: object, path = ''): Issue[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = printable(path ? `${path}.${key}` : key);
    if (key in Object.prototype) return [{ field, message: `unknown field ${field}` }];
    const nested = typeOf(shape, key);
    if (!nested)
      return isWellFormed(inner) ? [] : [{ field, message: `${field} holds text that is not well-formed Unicode` }];
    return [inner]
      .flat()
      .flatMap((item, i) => (isObject(item) ? unstorableTextIssues(nested, item, `${field}.${i}`) : []));
  });
}

/**
 * Creates the instance. class-transformer alone would convert the contents of free JSON fields as well, and fail on
 * some.
 */
function instanceOf<T extends object>(shape: Shape<T>, value: object): T {
  const fields = Object.entries(value).map(([key, inner]) => {
    const nested = typeOf(shape, key);
    const read = (item: unknown) => (nested && isObject(item) ? instanceOf(nested, item) : item);
    return [key, Array.isArray(inner) ? inner.map(read) : read(inner)];
  });
  const definedFields = fields.filter(([, inner]) => inner !== undefined);
  return Object.assign(new shape(), Object.fromEntries(definedFields));
}

function typeOf(shape: Shape, field: string): Shape | undefined {
  return defaultMetadataStorage.findTypeMetadata(shape, field)?.typeFunction();
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
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
    message: rule === 'whitelistValidation' ? `unknown field ${field}` : printable(message, MAX_MESSAGE),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => issuesOf(child, field))];
}

/** Returns only the parts of a value that the schema names. A field without `properties` is returned whole. */
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
