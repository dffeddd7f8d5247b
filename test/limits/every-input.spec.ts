import { expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';

interface Schema {
  readonly type?: string | string[];
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly anyOf?: Schema[];
  readonly [keyword: string]: unknown;
}

interface Operation {
  readonly parameters?: { name: string; schema: Schema }[];
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
}

test('Every text, list and number of every input schema has a maximum', async () => {
  await using server = await startServer();
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const fields = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).flatMap(({ parameters = [], requestBody }) => [
      ...parameters.flatMap(({ name, schema }) => everyIn(schema, `${path} ${name}`)),
      ...everyIn(requestBody?.content['application/json']?.schema ?? {}, path),
    ]),
  );

  // A wait that is too long is shortened and said, not refused.
  const unbounded = fields.flatMap(([at, schema]) =>
    isBounded(schema) || /[. ](wait|timeout)_ms$/.test(at) ? [] : at,
  );

  expect(fields.length).toBeGreaterThan(80);
  expect(unbounded).toEqual([]);
});

function everyIn(schema: Schema, at: string): [string, Schema][] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => everyIn(field, `${at}.${name}`)),
    ...(schema.items ? everyIn(schema.items, `${at}[]`) : []),
    ...(schema.anyOf ?? []).flatMap((each) => everyIn(each, at)),
  ];
  return [[at, schema], ...inner];
}

function isBounded(schema: Schema): boolean {
  const types = [schema.type].flat();
  if (schema.enum || isOfFixedLength(schema.pattern)) return true;
  if (types.includes('string') && schema.maxLength === undefined) return false;
  if (types.includes('array') && schema.maxItems === undefined) return false;
  return !types.includes('integer') || (schema.minimum !== undefined && schema.maximum !== undefined);
}

/** From start to end, and nothing in it is repeated without a count. */
const isOfFixedLength = (pattern: unknown) => typeof pattern === 'string' && /^\^[^*+]*\$$/.test(pattern);
