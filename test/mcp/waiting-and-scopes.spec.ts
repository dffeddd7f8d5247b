import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { IsInt, Max } from 'class-validator';
import { DomainError } from '../../src/kernel/errors.js';
import { Operation } from '../../src/kernel/operation.js';
import { Describe } from '../../src/kernel/schema.js';
import { firstClient, legacyClient, modernClient } from '../support/mcp-clients.js';
import { startSmallApp } from '../support/small-app.js';
import { modernHeaders, modernRequest, post } from './json-rpc.js';

class Wait {
  @Describe('How long to take.') @IsInt() @Max(20_000) wait_ms!: number;
}
class Nothing {}

@Controller()
class Toys {
  @Operation({
    name: 'take_time',
    title: 'Take time',
    summary: 'Take as long as it was asked to.',
    input: Wait,
    output: Wait,
    errors: [],
  })
  async wait({ wait_ms }: Wait) {
    await new Promise((over) => setTimeout(over, wait_ms));
    return { wait_ms };
  }

  @Operation({
    name: 'run_bots',
    title: 'Run bots',
    summary: 'Only for tokens that cover bots.',
    input: Nothing,
    output: Nothing,
    errors: [],
    scope: 'bots',
  })
  run() {
    return {};
  }

  @Operation({
    name: 'rule_all',
    title: 'Rule all',
    summary: 'Only for admins of the server.',
    input: Nothing,
    output: Nothing,
    errors: [],
    scope: 'admin',
    role: 'admin',
  })
  rule() {
    return {};
  }

  @Operation({
    name: 'find_out_late',
    title: 'Find out late',
    summary: 'Needs another scope for this very input.',
    input: Nothing,
    output: Nothing,
    errors: ['INSUFFICIENT_SCOPE'],
  })
  late(): Nothing {
    throw new DomainError('INSUFFICIENT_SCOPE', 'scope bots is needed', { scope: 'bots' });
  }
}

let app: Awaited<ReturnType<typeof startSmallApp>>;
beforeAll(async () => {
  app = await startSmallApp(Toys);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
});

test('a slow call sends progress to a client that asked for it, and does not time out, in every revision', async () => {
  const params = { name: 'take_time', arguments: { wait_ms: 10_500 } };
  const told: Record<string, number[]> = { modern: [], legacy: [], first: [] };
  const options = (name: string) => ({
    onprogress: ({ progress }: { progress: number }) => void told[name]?.push(progress),
    // Less than the call takes.
    timeout: 10_000,
    resetTimeoutOnProgress: true,
  });
  const [modern, legacy, first] = await Promise.all([
    modernClient(app.url, 'alice'),
    legacyClient(app.url, 'alice'),
    firstClient(app.url, 'alice'),
  ]);

  const answers = await Promise.all([
    modern.callTool(params, options('modern')),
    legacy.callTool(params, options('legacy')),
    first.callTool(params, undefined, options('first')),
  ]);
  await Promise.all([modern, legacy, first].map((client) => client.close()));

  for (const { structuredContent } of answers) expect(structuredContent).toEqual({ wait_ms: 10_500 });
  expect(told).toEqual({ modern: [5, 10], legacy: [5, 10], first: [5, 10] });
});

test('a client that accepts no events is answered in plain JSON, with or without a progress token', async () => {
  const call = { name: 'take_time', arguments: { wait_ms: 5_500 } };
  const body = modernRequest('tools/call', call);
  Object.assign((body.params as { _meta: object })._meta, { progressToken: 7 });

  const { headers, message } = await post(`${app.url}/mcp`, body, {
    authorization: 'Bearer alice',
    ...modernHeaders('tools/call', 'take_time'),
  });

  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(message.result.structuredContent).toEqual({ wait_ms: 5_500 });
});

describe('A tool beyond the scope of the token', () => {
  const ask = (name: string) =>
    post(`${app.url}/mcp`, modernRequest('tools/call', { name, arguments: {} }), {
      authorization: 'Bearer alice',
      ...modernHeaders('tools/call', name),
    });

  test('gets a 403 that names the needed scopes, for clients of 2026-07-28', async () => {
    const { status, headers, message } = await ask('run_bots');

    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="${app.url}/.well-known/oauth-protected-resource/mcp", scope="channels bots", ` +
        'error="insufficient_scope", error_description="The access token does not cover this operation"',
    );
    expect(message).toMatchObject({ code: 'INSUFFICIENT_SCOPE', scope: 'bots', error: 'insufficient_scope' });
  });

  test('gets no 403 if the account cannot have the scope', async () => {
    const { status, message } = await ask('rule_all');

    expect(status).toBe(200);
    expect(JSON.parse(message.result.content[1].text)).toMatchObject({ code: 'INSUFFICIENT_SCOPE', scope: 'admin' });
  });

  test.each([
    ['2025-11-25', legacyClient, 'run_bots'],
    ['2025-11-25', legacyClient, 'find_out_late'],
    ['2026-07-28', modernClient, 'find_out_late'],
  ] as const)(
    'is otherwise an error result, with the metadata that ChatGPT needs (%s, %3$s)',
    async (_, connect, name) => {
      const client = await connect(app.url, 'alice');

      const { isError, content, _meta } = await client.callTool({ name, arguments: {} });
      await client.close();

      const [, problem] = content;
      expect(isError).toBe(true);
      expect(JSON.parse(problem?.type === 'text' ? problem.text : '')).toMatchObject({ code: 'INSUFFICIENT_SCOPE' });
      expect(_meta?.['mcp/www_authenticate']).toEqual([
        expect.stringMatching(/^Bearer resource_metadata=".*", scope="channels bots", error="insufficient_scope"/),
      ]);
    },
  );

  test('lists its scopes in the list of tools', async () => {
    const client = await modernClient(app.url, 'alice');
    const { tools } = await client.listTools();
    await client.close();

    const named = tools.find(({ name }) => name === 'take_time');
    expect(named?._meta).toMatchObject({ securitySchemes: [{ type: 'oauth2', scopes: ['channels'] }] });
    expect(tools.map(({ name }) => name)).not.toContain('run_bots');
  });
});
