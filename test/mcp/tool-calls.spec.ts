import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { IsInt, IsString, Max } from 'class-validator';
import type { Caller } from '../../src/kernel/caller.js';
import { DomainError } from '../../src/kernel/errors.js';
import { Operation } from '../../src/kernel/operation.js';
import { Describe } from '../../src/kernel/schema.js';
import { startSmallApp } from '../support/small-app.js';
import { modernHeaders, modernRequest, post, request } from './json-rpc.js';

class Words {
  @Describe('What to say.') @IsString() text!: string;
}
class Wait {
  @Describe('How long to take.') @IsInt() @Max(20_000) wait_ms!: number;
}

/** Of the newest call of take_time. */
let begun: Promise<void>;
let begin: () => void;
let ended: Promise<string>;
let end: (how: string) => void;

@Controller()
class Toys {
  @Operation({
    name: 'say_back',
    title: 'Say back',
    summary: 'Say back what was said before.',
    input: Words,
    output: Words,
    errors: ['CHANNEL_CLOSED'],
    aliases: ['echo'],
    repeatable: true,
  })
  say({ text }: Words, caller: Caller) {
    if (text === 'bug') throw new TypeError('a password is in this message');
    if (text === 'closed') throw new DomainError('CHANNEL_CLOSED', 'a\u202eb');
    return { text, leaked: caller.accountId };
  }

  @Operation({
    name: 'take_time',
    title: 'Take time',
    summary: 'Take as long as it was asked to.',
    input: Wait,
    output: Wait,
    errors: [],
    destroys: true,
    openWorld: true,
  })
  async wait({ wait_ms }: Wait, _: Caller, signal: AbortSignal) {
    begin();
    await new Promise<void>((over) => {
      const timer = setTimeout(over, wait_ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        over();
      });
    });
    end(signal.aborted ? 'aborted' : 'ran out');
    return { wait_ms };
  }

  @Operation({
    name: 'run_bots',
    title: 'Run bots',
    summary: 'Only for tokens that cover bots.',
    input: Words,
    output: Words,
    errors: [],
    scope: 'bots',
    reads: true,
  })
  run({ text }: Words) {
    return { text };
  }
}

const alice = { authorization: 'Bearer alice' };
const EVENTS = { accept: 'application/json, text/event-stream' };
let app: Awaited<ReturnType<typeof startSmallApp>>;
let mcp: string;
beforeAll(async () => {
  app = await startSmallApp(Toys);
  mcp = `${app.url}/mcp`;
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
});
beforeEach(() => {
  begun = new Promise((answer) => {
    begin = answer;
  });
  ended = new Promise((answer) => {
    end = answer;
  });
});

const call = async (name: string, args: object) =>
  (await post(mcp, request('tools/call', { name, arguments: args }), alice)).message.result;

describe('The tools', () => {
  test('are those that the token covers, by name, each once, and only of the chosen toolsets', async () => {
    const { message } = await post(mcp, request('tools/list'), alice);

    const names = message.result.tools.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['say_back', 'take_time']);
  });

  test('have descriptions and hints about their effects', async () => {
    const { message } = await post(mcp, request('tools/list'), alice);

    const [sayBack, takeTime] = message.result.tools;
    expect(sayBack.description).toBe('Say back what was said before.');
    expect(sayBack.annotations).toEqual({
      title: 'Say back',
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
    expect(takeTime.annotations).toMatchObject({ destructiveHint: true, idempotentHint: false, openWorldHint: true });
  });
});

describe('A call', () => {
  test('returns the view as value and as text, and no other data of the operation', async () => {
    expect(await call('say_back', { text: 'hello' })).toEqual({
      structuredContent: { text: 'hello' },
      content: [{ type: 'text', text: '{"text":"hello"}' }],
      isError: false,
    });
  });

  test('escapes invisible characters in the text, and keeps them in the value', async () => {
    const { structuredContent, content } = await call('echo', { text: 'a\u200b\u{e0041}b' });

    expect(structuredContent.text).toBe('a\u200b\u{e0041}b');
    expect(content[0].text).toBe('{"text":"a\\u200b\\udb40\\udc41b"}');
  });

  test('with invalid input gets a problem that names the fields, not an error of the SDK', async () => {
    const { isError, structuredContent, content } = await call('say_back', { text: 5, more: true });

    const problem = JSON.parse(content[1].text);
    expect(isError).toBe(true);
    expect(structuredContent).toBeUndefined();
    expect(problem).toMatchObject({ code: 'INVALID_REQUEST', status: 400, type: '/docs#INVALID_REQUEST' });
    expect(problem.issues.map(({ field }: { field: string }) => field).sort()).toEqual(['more', 'text']);
  });

  test('that fails in a known way returns that error', async () => {
    const { isError, content } = await call('say_back', { text: 'closed' });

    expect(isError).toBe(true);
    expect(content[0].text).toBe(
      'CHANNEL_CLOSED: The channel is closed: a\\u202eb. You can still read it. Call create_channel to open a new one.',
    );
    expect(JSON.parse(content[1].text)).toMatchObject({ code: 'CHANNEL_CLOSED', detail: 'a\u202eb' });
    expect(content[1].text).toContain('a\\u202eb');
  });

  test('that fails because of a bug reveals nothing about it', async () => {
    const { content } = await call('say_back', { text: 'bug' });

    expect(content[0].text).toMatch(/^INTERNAL_ERROR: The server has failed\. Try again\./);
    expect(JSON.parse(content[1].text).code).toBe('INTERNAL_ERROR');
    expect(JSON.stringify(content)).not.toContain('password');
  });

  test('beyond the scope of the token is refused, although its tool is not listed', async () => {
    const { content } = await call('run_bots', { text: 'x' });

    expect(JSON.parse(content[1].text)).toMatchObject({ code: 'INSUFFICIENT_SCOPE', scope: 'bots' });
  });
});

describe('A running operation is told to stop', () => {
  const slow = { name: 'take_time', arguments: { wait_ms: 15_000 } };
  const modern = modernHeaders('tools/call', 'take_time');

  test.each([
    ['2025 revision, events', request('tools/call', slow), EVENTS],
    ['2025 revision, JSON', request('tools/call', slow), {}],
    ['2026 revision, events', modernRequest('tools/call', slow), { ...modern, ...EVENTS }],
    ['2026 revision, JSON', modernRequest('tools/call', slow), modern],
  ])('if its client disconnects (%s)', async (_, body, headers) => {
    const gone = new AbortController();
    const headersOf = { 'content-type': 'application/json', ...alice, ...headers };
    const answer = fetch(mcp, { method: 'POST', headers: headersOf, body: JSON.stringify(body), signal: gone.signal });
    await begun;
    gone.abort();

    await answer.then((response) => response.text()).catch(() => undefined);

    expect(await ended).toBe('aborted');
  });

  test.each([EVENTS, {}])('if its session cancels it (%j)', async (accept) => {
    const { headers } = await post(mcp, request('initialize'), alice);
    const session = { ...alice, 'mcp-session-id': headers.get('mcp-session-id') as string };
    const answer = post(mcp, request('tools/call', slow, 42), { ...session, ...accept });
    await begun;

    await post(mcp, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 42 } }, session);

    expect(await ended).toBe('aborted');
    expect((await answer).text).toBe('');
  });
});

test('a slow call with an event stream is kept alive', async () => {
  const slow = request('tools/call', { name: 'take_time', arguments: { wait_ms: 16_000 } });

  const { text, message } = await post(mcp, slow, { ...alice, ...EVENTS });

  expect(text).toMatch(/^: keepalive\n\nevent: message\n/);
  expect(message.result.structuredContent).toEqual({ wait_ms: 16_000 });
});
