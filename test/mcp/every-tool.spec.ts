import { beforeAll, expect, test } from '@jest/globals';
import { DOORS, type Person, RefusedError } from '../support/doors.js';
import { bearer, signIn } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';
import { modernHeaders, modernRequest, post, request } from './json-rpc.js';

interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: { readonly type: string };
  readonly outputSchema?: { readonly type: string; readonly properties: object };
  readonly annotations: Record<string, unknown>;
}

const server = useServer();
let alice: { authorization: string };
let tools: Tool[];
beforeAll(async () => {
  alice = bearer(await signIn(server.url, 'alice'));
  tools = (await post(`${server.url}/mcp`, request('tools/list'), alice)).message.result.tools;
});

test('is listed with the same bytes each time, and in the same order for all revisions', async () => {
  const [first, second] = await Promise.all([1, 2].map(() => post(`${server.url}/mcp`, request('tools/list'), alice)));
  const modern = await post(`${server.url}/mcp`, modernRequest('tools/list'), {
    ...alice,
    ...modernHeaders('tools/list'),
  });

  const names = tools.map(({ name }) => name);
  expect(first?.text).toBe(second?.text);
  expect(names).toEqual([...names].sort());
  expect(modern.message.result.tools).toEqual(tools);
});

test('has a title, a description, an input schema and all four hints', () => {
  for (const { title, description, inputSchema, annotations } of tools) {
    expect(title).not.toBe('');
    expect(description.length).toBeGreaterThan(15);
    expect(description.length).toBeLessThanOrEqual(1_024);
    expect(inputSchema.type).toBe('object');
    const { title: named, ...hints } = annotations;
    expect(named).toBe(title);
    expect(Object.keys(hints).sort()).toEqual(['destructiveHint', 'idempotentHint', 'openWorldHint', 'readOnlyHint']);
    expect(Object.values(hints).every((hint) => typeof hint === 'boolean')).toBe(true);
  }
});

test('has an output schema only if it is one of the two that ChatGPT searches with', () => {
  const answering = tools.filter(({ outputSchema }) => outputSchema);

  expect(answering.map(({ name, outputSchema }) => [name, Object.keys(outputSchema?.properties ?? {})])).toEqual([
    ['fetch', ['text', 'id', 'title', 'url']],
    ['search', ['results']],
  ]);
});

test('has schemas without references, which some clients do not follow', () => {
  expect(JSON.stringify(tools)).not.toContain('"$ref"');
});

test('refuses an unknown field with the same problem as REST', async () => {
  const people = await Promise.all(DOORS.map(([, door]) => door(server, 'bob')));

  for (const { name } of tools) {
    const [rest, mcp] = await Promise.all(people.map((person) => problemOf(person, name)));
    expect(rest).toMatchObject({
      code: 'INVALID_REQUEST',
      status: 400,
      detail: expect.stringContaining('no_such_field'),
    });
    expect(mcp).toEqual({ ...rest, request_id: mcp?.request_id });
  }
  await Promise.all(people.map((person) => person.close()));
});

test('answers an error as a plain line and as JSON, without structured content', async () => {
  for (const { name } of tools) {
    const call = request('tools/call', { name, arguments: { no_such_field: 'x' } });
    const { isError, content, structuredContent } = (await post(`${server.url}/mcp`, call, alice)).message.result;
    const [line, problem] = content;

    expect([isError, content.length, structuredContent]).toEqual([true, 2, undefined]);
    expect(line.text).toMatch(
      /^INVALID_REQUEST: The input is not valid for this operation: .*no_such_field.*\. Correct .*\.$/,
    );
    expect(() => JSON.parse(line.text)).toThrow(SyntaxError);
    expect(JSON.parse(problem.text)).toMatchObject({ code: 'INVALID_REQUEST', status: 400, issues: expect.any(Array) });
  }
});

async function problemOf(person: Person, operation: string) {
  const refusal = await person.call(operation, { no_such_field: 'x' }).catch((error) => error);
  return refusal instanceof RefusedError ? refusal.problem : undefined;
}
