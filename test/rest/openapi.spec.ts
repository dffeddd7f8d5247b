import { beforeAll, describe, expect, test } from '@jest/globals';
import { ERRORS } from '../../src/kernel/errors.js';
import { TOOLSETS } from '../../src/kernel/operation.js';
import { post, request } from '../mcp/json-rpc.js';
import { adminCommand } from '../support/admin.js';
import { bearer } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';

// biome-ignore lint/suspicious/noExplicitAny: a document is walked
type Document = any;

const server = useServer();
let document: Document;
let tools: { name: string; inputSchema: Document }[];
beforeAll(async () => {
  document = await (await fetch(`${server.url}/openapi.json`)).json();
  // An admin is shown every tool of every set.
  const admin = bearer({ access_token: await adminCommand(server, 'token') });
  const sets = `tools=${TOOLSETS.join(',')}`;
  tools = (await post(`${server.url}/mcp?${sets}`, request('tools/list'), admin)).message.result.tools;
});

const operations = () =>
  Object.entries<Document>(document.paths).flatMap(([path, item]) =>
    Object.entries<Document>(item).map(([method, operation]) => ({ path, method, operation })),
  );

describe('The document', () => {
  test('is valid OpenAPI 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Parley', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(document.servers).toEqual([{ url: server.url }]);
    for (const { path, method, operation } of operations()) {
      expect(path).toMatch(/^\/[a-z_]+$/);
      expect(['get', 'post']).toContain(method);
      expect(Object.keys(operation.responses).every((status) => /^[1-5]\d\d$/.test(status))).toBe(true);
      expect(Object.values<Document>(operation.responses).every(({ description }) => description)).toBe(true);
      for (const { name, in: place, schema } of operation.parameters ?? []) {
        expect([typeof name, place, typeof schema]).toEqual(['string', 'query', 'object']);
      }
    }
  });

  test('has a different operationId for each operation', () => {
    const ids = operations().map(({ operation }) => operation.operationId);

    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has no dangling references', () => {
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];

    const targets = references.map((it) => it.slice(8, -1).slice(2).split('/'));
    for (const target of targets) {
      expect(target.reduce((node: Document, key) => node?.[key], document)).toBeDefined();
    }
    expect(targets).not.toHaveLength(0);
  });

  test('names every error code of an operation, with its status', () => {
    for (const { operation } of operations()) {
      const { 200: _, ...refusals } = operation.responses;
      for (const [status, refusal] of Object.entries<Document>(refusals)) {
        const [, { properties }] = refusal.content['application/problem+json'].schema.allOf;
        for (const code of properties.code.enum)
          expect(ERRORS[code as keyof typeof ERRORS].status).toBe(Number(status));
      }
      expect(refusals[400]).toBeDefined();
    }
  });

  test('says which operations need a token, and where to get one', () => {
    const { authorizationCode } = document.components.securitySchemes.oauth2.flows;

    expect(document.paths['/health_check'].get.security).toEqual([]);
    expect(authorizationCode).toMatchObject({
      authorizationUrl: `${server.url}/oauth/authorize`,
      tokenUrl: `${server.url}/token`,
    });
  });
});

test('contains exactly the operations that are tools, with the same fields', () => {
  const asOperations = operations().map(({ path, operation }) => ({
    name: path.slice(1),
    ...fieldsOf(operation.requestBody?.content['application/json'].schema ?? fromParameters(operation.parameters)),
  }));

  // The second name of one of them is not listed; it can be called.
  expect(sorted(asOperations).filter(({ name }) => name !== 'get_channel_info')).toEqual(
    sorted(tools.map(({ name, inputSchema }) => ({ name, ...fieldsOf(inputSchema) }))),
  );
});

const fieldsOf = ({ properties, required }: Document) => ({
  fields: Object.keys(properties ?? {}).sort(),
  required: [...(required ?? [])].sort(),
});

const fromParameters = (parameters: Document[]) => ({
  properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
  required: parameters.filter(({ required }) => required).map(({ name }) => name),
});

const sorted = (list: { name: string }[]) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
