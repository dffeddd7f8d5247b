import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { eventually, pollsWaiting } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { type Running, Terminal } from './terminal.js';

/** The product with a few tools more: such as say how far they are, or ask something back. */
const WITH_FIXTURES = 'dist/test/conformance/fixtures/main.js';

let server: RunningServer;
let alice: Terminal;
beforeAll(async () => {
  server = await startServer({}, WITH_FIXTURES);
  alice = new Terminal(server);
  await alice.json('login', '--name', 'alice');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  alice[Symbol.dispose]();
});

/** What a story asks of a client, whichever it is. */
interface BridgedClient {
  // biome-ignore lint/suspicious/noExplicitAny: the result of any tool
  call(name: string, input?: object, onprogress?: (progress: { progress: number }) => void): Promise<any>;
  tools(): Promise<string[]>;
  /** Watches a resource; what changes is in the list that it answers with. */
  watch(uri: string): Promise<string[]>;
  close(): Promise<void>;
}

const open: BridgedClient[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

const ANSWER = { action: 'accept' as const, content: { username: 'alice', email: 'alice@example.com', name: 'alice' } };
const FORMS = { elicitation: { form: {} } };

const modern = (terminal: Terminal, ...args: string[]) => second(terminal, { pin: '2026-07-28' }, args);
const legacy = (terminal: Terminal, ...args: string[]) => second(terminal, 'legacy', args);

async function second(terminal: Terminal, mode: 'legacy' | { pin: string }, args: string[]): Promise<BridgedClient> {
  const client = new Client({ name: 'second', version: '1' }, { versionNegotiation: { mode }, capabilities: FORMS });
  const updated: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri));
  client.setRequestHandler('elicitation/create', () => ANSWER);
  await client.connect(new StdioClientTransport(parametersOf(terminal, args)));
  return opened({
    call: async (name, input = {}, onprogress) => client.callTool({ name, arguments: { ...input } }, { onprogress }),
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    async watch(uri) {
      if (mode === 'legacy') await client.subscribeResource({ uri });
      else await client.listen({ resourceSubscriptions: [uri] });
      return updated;
    },
    close: () => client.close(),
  });
}

async function first(terminal: Terminal, ...args: string[]): Promise<BridgedClient> {
  const client = new FirstClient({ name: 'first', version: '1' }, { capabilities: FORMS });
  const updated: string[] = [];
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updated.push(params.uri));
  client.setRequestHandler(ElicitRequestSchema, () => ANSWER);
  await client.connect(new FirstTransport(parametersOf(terminal, args)));
  return opened({
    call: (name, input = {}, onprogress) =>
      client.callTool({ name, arguments: { ...input } }, undefined, { onprogress }),
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    async watch(uri) {
      await client.subscribeResource({ uri });
      return updated;
    },
    close: () => client.close(),
  });
}

function opened(client: BridgedClient): BridgedClient {
  open.push(client);
  return client;
}

function parametersOf({ command: [command, main], environment }: Terminal, args: string[]) {
  return { command, args: [main, 'mcp-bridge', ...args], env: environment, stderr: 'pipe' as const };
}

/** A channel in which alice sits, opened through the client. */
async function openChannel(client: BridgedClient): Promise<string> {
  const { structuredContent } = await client.call('create_channel', { name: 'Bridged', slots: ['invite:alice'] });
  await client.call('join_channel', { invite_code: structuredContent.invites[0] });
  return structuredContent.channel_id;
}

const spoil = (terminal: Terminal, change: object) => {
  const grant = JSON.parse(readFileSync(terminal.file(), 'utf8'));
  writeFileSync(terminal.file(), JSON.stringify({ ...grant, ...change }));
  return grant;
};

describe.each([
  ['the v1 client', first],
  ['the v2 client in 2025-11-25', legacy],
  ['the v2 client in 2026-07-28', modern],
] as const)('Over stdio, %s', (_, connect) => {
  test('lists the tools and calls them', async () => {
    const client = await connect(alice);

    const tools = await client.tools();
    const channelId = await openChannel(client);
    const said = await client.call('post_message', { channel_id: channelId, body: 'over the bridge' });
    const refused = await client.call('join_channel', { invite_code: 'inv_never_was' });

    expect(tools).toEqual(expect.arrayContaining(['create_channel', 'start_here']));
    expect(said.structuredContent.msg_id).toBeGreaterThan(0);
    expect(refused).toMatchObject({
      isError: true,
      content: [
        {
          text: 'INVITE_INVALID: This invite is unknown, used or revoked. Ask an admin of the channel for a new invite.',
        },
        { type: 'text' },
      ],
    });
    expect((await alice.run(['watch', channelId, '--no-follow'])).stdout).toContain('over the bridge');
  });

  test('forwards progress notifications and questions to the client', async () => {
    const client = await connect(alice);
    const steps: number[] = [];

    await client.call('test_tool_with_progress', {}, ({ progress }) => steps.push(progress));
    const answered = await client.call('test_input_required_result_elicitation');

    // On a busy machine the later steps arrive together with the answer, and a client that has its answer stops listening.
    expect(steps[0]).toBe(0);
    expect(steps).toEqual([0, 50, 100].slice(0, steps.length));
    expect(answered.isError ?? false).toBe(false);
    expect(JSON.stringify(answered)).toContain('alice');
  });

  test('forwards notifications, and continues after a restart of the server', async () => {
    const client = await connect(alice);
    const channelId = await openChannel(client);
    const uri = `parley://channel/${channelId}`;
    const updated = await client.watch(uri);
    await alice.json('say', channelId, 'one');
    await eventually(async () => updated.includes(uri));

    await server.crashAndRestart();
    await client.call('post_message', { channel_id: channelId, body: 'after the crash' });
    updated.length = 0;

    await eventually(async () => {
      await alice.json('say', channelId, 'two');
      return updated.includes(uri);
    });
  });

  test('keeps its connection when its token expires', async () => {
    const client = await connect(alice);
    await client.tools();
    const before = spoil(alice, { access_token: 'pat_gone' });

    const channelId = await openChannel(client);

    expect(channelId).toMatch(/^chn_/);
    const { refresh_token } = JSON.parse(readFileSync(alice.file(), 'utf8'));
    expect(refresh_token).not.toBe(before.refresh_token);
  });
});

test('A server that is still starting is waited for', async () => {
  const client = await first(alice);
  await server.stop();

  const tools = client.tools();
  await server.start();

  expect(await tools).toContain('start_here');
});

test('A toolset limits which tools are listed', async () => {
  const client = await modern(alice, '--tools', 'bots');

  expect(await client.tools()).not.toContain('post_message');
});

test('The first call without a sign-in opens a browser', async () => {
  using bob = new Terminal(server);

  const client = await modern(bob, '--name', 'bob');

  expect(await client.tools()).toContain('start_here');
  expect((await bob.json('whoami')).way).toBe('browser');
});

test('A failed sign-in is reported in the answer, and the next call starts a new one', async () => {
  using carol = new Terminal(server);
  await carol.json('login');
  spoil(carol, { access_token: 'pat_gone', refresh_token: 'prt_gone' });
  const running = carol.start('mcp-bridge', '--no-browser');
  running.process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`);

  const asked = await askedOf(running);
  const declined = { error: 'access_denied', state: asked.get('state') ?? '', iss: server.url };
  await fetch(`${asked.get('redirect_uri')}?${new URLSearchParams(declined)}`);
  const refused = JSON.parse(await running.prints(/\n/));
  await carol.json('login');
  running.process.stdin.end(`${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' })}\n`);

  const { stdout, exitCode } = await running.ended;
  const [, listed] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(refused).toMatchObject({ id: 1, error: { message: expect.stringContaining(`parley login ${server.url}`) } });
  expect(listed).toMatchObject({ id: 2, result: { tools: expect.any(Array) } });
  expect(exitCode).toBe(0);
});

/** The parameters of the page that a command tells its user to open. */
async function askedOf(running: Running): Promise<URLSearchParams> {
  const page = await eventually(async () => /http:\S+state=\S+/.exec(running.errors())?.[0]);
  return new URL(page).searchParams;
}

test('A pipe gets all its answers before the process ends, and an invalid line does not stop it', async () => {
  const lines = [
    'no JSON',
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    '',
    JSON.stringify({
      jsonrpc: '2.0',
      id: 'two',
      method: 'tools/call',
      params: { name: 'health_check', arguments: {} },
    }),
    JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'no/such/method' }),
  ];

  const { stdout, stderr, exitCode } = await alice.run(['mcp-bridge'], lines.join('\n'));

  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  expect({ exitCode, stderr, count: answers.length }).toEqual({ exitCode: 0, stderr: '', count: 4 });
  expect(byId.get(null).error.code).toBe(-32700);
  expect(byId.get(1).result.tools.length).toBeGreaterThan(10);
  expect(byId.get('two').result.structuredContent.status).toBe('healthy');
  expect(byId.get(3).error.code).toBe(-32601);
});

test('A call that the client cancels is cancelled at the server', async () => {
  const client = new Client({ name: 'second', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(new StdioClientTransport(parametersOf(alice, [])));
  const channel = await client.callTool({ name: 'create_channel', arguments: { name: 'Quiet', slots: ['invite:x'] } });
  const { channel_id } = channel.structuredContent as { channel_id: string };
  const waits = { name: 'wait_for_message', arguments: { channel_id, since_id: 99, timeout_ms: 50_000 } };
  const givingUp = new AbortController();

  const waiting = client.callTool(waits, { signal: givingUp.signal, timeout: 60_000 }).catch(() => 'given up');
  await pollsWaiting(server, 1);
  givingUp.abort();

  expect(await waiting).toBe('given up');
  // A request is logged when it is over, and this one would go on for most of a minute.
  const logged = await eventually(async () =>
    server
      .log()
      .split('\n')
      .find((line) => /wait_for_message/.test(line)),
  );
  expect(JSON.parse(logged).ms).toBeLessThan(40_000);
  await client.close();
});

test('Tokens are stored only in the credentials file', async () => {
  const { refresh_token, access_token } = JSON.parse(readFileSync(alice.file(), 'utf8'));
  const running = alice.start('mcp-bridge');
  running.process.stdin.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })}\n`);

  const { stdout, stderr } = await running.ended;

  for (const secret of [refresh_token, access_token]) expect(stdout + stderr).not.toContain(secret);
});
